#ifndef OFFHOOK_CORE_EXTREMES_HPP
#define OFFHOOK_CORE_EXTREMES_HPP

namespace offhook {

/// The smaller of two values. With the next one it spares us the algorithm header, a twentieth of
/// the umbrella header's cost, and who has macros named min and max the trouble with them.
template <class T>
constexpr T lesser(T a, T b) {
    return b < a ? b : a;
}

/// The larger of two values.
template <class T>
constexpr T greater(T a, T b) {
    return a < b ? b : a;
}

} // namespace offhook

#endif
