#ifndef OFFHOOK_CORE_LATE_HPP
#define OFFHOOK_CORE_LATE_HPP

namespace offhook {

namespace detail {

template <class T, class Parameter>
struct Late {
    using Type = T;
};

} // namespace detail

/// T as a type that depends on a template parameter: what a class template does with it is compiled
/// where that template is used, and not by everyone who includes its header. For a std::variant of
/// events that is a tenth of the umbrella header's cost.
template <class T, class Parameter>
using Late = typename detail::Late<T, Parameter>::Type;

} // namespace offhook

#endif
