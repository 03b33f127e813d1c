#ifndef OFFHOOK_ENDPOINT_HANDLER_HPP
#define OFFHOOK_ENDPOINT_HANDLER_HPP

#include <type_traits>
#include <utility>
#include <variant>

namespace offhook {

/// Functions for the events that one cares about; all others pass by.
///
///     const Handlers phone{
///         [&](const event::Incoming& call)  { … },
///         [&](const event::Terminated& call) { … },
///     };
///     while (auto event = endpoint.poll_event()) dispatch(*event, phone);
template <class... F>
struct Handlers : F... {
    using F::operator()...;
};
/// Of functions as they stand.
template <class... F>
Handlers(F...) -> Handlers<F...>;

namespace detail {

template <class H, class E>
concept HasOn = requires(H& handler, E& event) {
    handler.on(event);
};
template <class H, class E>
concept IsHandlerOf = HasOn<H, E> || std::is_invocable_v<H&, E&>;

/// Whether a handler takes one of the events, and so does each function that it is made of: what
/// takes none was meant for another.
template <class H, class... E>
struct TakesAny : std::bool_constant<(IsHandlerOf<H, E> || ...)> {};
template <class... F, class... E>
struct TakesAny<Handlers<F...>, E...> : std::bool_constant<(TakesAny<F, E...>::value && ...)> {};
template <class... F, class... E>
struct TakesAny<const Handlers<F...>, E...>
    : std::bool_constant<(TakesAny<const F, E...>::value && ...)> {};

template <class H, class E>
bool hand_over(H& handler, E& event) {
    if constexpr (HasOn<H, E>)
        handler.on(event);
    else if constexpr (std::is_invocable_v<H&, E&>)
        handler(event);
    return IsHandlerOf<H, E>;
}

} // namespace detail

/// Gives an event to `handler.on(event)`, public, where there is one that takes it, else to
/// `handler(event)`; false where the handler has neither. It may take the event by value, by
/// `const&`, or by `&` to move out of it. Does not compile for a handler that takes no event at
/// all, nor for Handlers of which one takes none.
template <class Handler, class... E>
bool dispatch(std::variant<E...>& event, Handler&& handler) {
    using H = std::remove_reference_t<Handler>;
    static_assert(detail::TakesAny<H, E...>::value,
                  "a handler takes an event of the variant: is it public, const where it has to "
                  "be, and of the right type?");
    return std::visit([&](auto& happened) { return detail::hand_over(handler, happened); }, event);
}

/// The same for an event that nobody else needs.
template <class Handler, class... E>
bool dispatch(std::variant<E...>&& event, Handler&& handler) {
    return offhook::dispatch(event, std::forward<Handler>(handler));
}

/// Gives all events that there are to a handler, those too that it brings forth: what an
/// application does after each input of an Endpoint or a Session.
template <class Source, class Handler>
void dispatch_all(Source& source, Handler&& handler) {
    while (auto event = source.poll_event())
        offhook::dispatch(*event, handler);
}

} // namespace offhook

#endif
