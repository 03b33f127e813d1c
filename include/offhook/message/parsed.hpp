#ifndef OFFHOOK_MESSAGE_PARSED_HPP
#define OFFHOOK_MESSAGE_PARSED_HPP

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace offhook {

/// Why a text was refused: the rule that it breaks, and the byte of the text where it does.
struct ParseError {
    std::string_view rule = {}; ///< a literal, named after the RFC's grammar: "Via: sent-protocol"
    std::size_t offset = 0;     ///< of the first byte that does not fit; the size where bytes lack

    /// Whether anything was refused.
    constexpr explicit operator bool() const noexcept { return !rule.empty(); }

    /// The same fault, counted from the beginning of a text that `base` bytes precede.
    constexpr ParseError shifted(std::size_t base) const { return {rule, offset + base}; }

    friend constexpr bool operator==(const ParseError&, const ParseError&) = default;
};

namespace detail {

/// std::optional for the views that parsers give, which are plain data with a default: a third of
/// its cost to compile, and there are thirty of them.
template <class T>
class MaybeView {
public:
    constexpr MaybeView() = default;
    constexpr MaybeView(T value) : value_(value), has_value_(true) {}

    constexpr bool has_value() const noexcept { return has_value_; }
    constexpr const T& operator*() const noexcept { return value_; }
    constexpr T& operator*() noexcept { return value_; }

private:
    T value_ = {};
    bool has_value_ = false;
};

template <class T>
inline constexpr bool is_view =
    std::is_trivially_copyable_v<T>&& std::is_default_constructible_v<T>;

template <class T>
using Maybe = std::conditional_t<is_view<T>, MaybeView<T>, std::optional<T>>;

} // namespace detail

/// What a parser gives: the value, or the rule that failed. Peers' faults are never exceptions.
template <class T>
class [[nodiscard]] Parsed {
public:
    /// What was read.
    constexpr Parsed(T value) : value_(std::move(value)) {}
    /// Why it was refused.
    constexpr Parsed(ParseError error) : error_(error) {}

    /// Whether there is a value.
    constexpr explicit operator bool() const noexcept { return value_.has_value(); }
    /// Whether there is a value.
    constexpr bool has_value() const noexcept { return value_.has_value(); }

    /// Only where there is a value.
    constexpr const T& value() const& { return *value_; }
    /// Only where there is a value.
    constexpr T& value() & { return *value_; }
    /// Only where there is a value.
    constexpr T&& value() && { return std::move(*value_); }
    /// Only where there is a value.
    constexpr const T& operator*() const& { return *value_; }
    /// Only where there is a value.
    constexpr T& operator*() & { return *value_; }
    /// Only where there is a value.
    constexpr T&& operator*() && { return std::move(*value_); }
    /// Only where there is a value.
    constexpr const T* operator->() const { return &*value_; }
    /// Only where there is a value.
    constexpr T* operator->() { return &*value_; }

    /// An empty rule where there is a value.
    constexpr const ParseError& error() const noexcept { return error_; }

private:
    detail::Maybe<T> value_;
    ParseError error_;
};

} // namespace offhook

#endif
