#ifndef OFFHOOK_MESSAGE_MODEL_HPP
#define OFFHOOK_MESSAGE_MODEL_HPP

#include <concepts>
#include <cstddef>
#include <string_view>

#include "offhook/message/header.hpp"

namespace offhook {

/// How Dialog and Session see a message type that is not theirs. Specialise it for your own type:
/// nine static functions, no base class, no registration. `M` is a value (copyable); where your
/// stack hands out pointers, wrap them in a small owning handle first.
///
/// A "text" below is std::string_view where the type stores text, or std::string where it has to
/// be made; the library copies what it keeps.
///
///     template <> struct offhook::MessageModel<MyMessage> {
///         static int  status(const MyMessage&);        // 100 … 699, 0 for a request
///         static text method(const MyMessage&);        // of a request
///         static text request_uri(const MyMessage&);   // of a request
///         // The n-th header line of that name, long or compact, without its name, unfolded.
///         static std::optional<text> header(const MyMessage&, Header, std::size_t n);
///         static text body(const MyMessage&);          // "" where there is none
///         static MyMessage request(std::string_view method, std::string_view request_uri);
///         // Copies Via, From, To, Call-ID and CSeq of the request; a tag is added to a To without
///         // one, unless it is empty: copy_fields() does that. RFC 3261 §8.2.6.2
///         static MyMessage response(const MyMessage& request, int status,
///                                   std::string_view reason, std::string_view to_tag);
///         static void add(MyMessage&, HeaderName, std::string_view value);   // as the last line
///         static void set_body(MyMessage&, std::string_view type, std::string_view content);
///     };
template <class M>
struct MessageModel;

/// What a type must offer for Dialog<M> and Session<M>.
template <class M>
concept Modelled = std::copyable<M> && requires(const M& message, M& built, Header name,
                                                std::string_view text, std::size_t n) {
    { MessageModel<M>::status(message) } -> std::convertible_to<int>;
    { MessageModel<M>::method(message) } -> std::convertible_to<std::string_view>;
    { MessageModel<M>::request_uri(message) } -> std::convertible_to<std::string_view>;
    { *MessageModel<M>::header(message, name, n) } -> std::convertible_to<std::string_view>;
    { MessageModel<M>::body(message) } -> std::convertible_to<std::string_view>;
    { MessageModel<M>::request(text, text) } -> std::same_as<M>;
    { MessageModel<M>::response(message, 200, text, text) } -> std::same_as<M>;
    MessageModel<M>::add(built, HeaderName(name), text);
    MessageModel<M>::set_body(built, text, text);
};

} // namespace offhook

#endif
