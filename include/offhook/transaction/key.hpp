#ifndef OFFHOOK_TRANSACTION_KEY_HPP
#define OFFHOOK_TRANSACTION_KEY_HPP

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "offhook/core/digest_map.hpp"
#include "offhook/core/flow.hpp"
#include "offhook/core/siphash.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/via.hpp"

namespace offhook {

/// Does the branch come from a client that makes it unique? RFC 3261 §8.1.1.7
constexpr bool has_magic_cookie(std::string_view branch) {
    return iequals(branch.substr(0, 7), "z9hG4bK");
}

/// What a request says of the call that it belongs to; "" where it does not.
struct RequestIdentity {
    std::string_view request_uri; ///< as it stands
    std::string_view from_tag;    ///< empty: RFC 2543 had none
    std::string_view to_tag;      ///< empty outside of a dialog
    std::string_view call_id;     ///< as it stands
    CSeq cseq;                    ///< its number and the request's method

    /// Views of the request, and of the text that `cseq` was read from.
    static RequestIdentity of(const Message& request, const CSeq& cseq) {
        const auto tag = [&](Header id) {
            const auto value = NameAddr::parse(request.header(id).value_or(""));
            return value ? value->tag() : std::string_view{};
        };
        return {request.request_uri(), tag(Header::from), tag(Header::to),
                request.header(Header::call_id).value_or(""), cseq};
    }
};

/// Makes the digests by which messages find their transactions. Each is over everything that the
/// RFC's matching rule names, so two messages match exactly where their digests are equal. Case is
/// folded where the RFC says that it does not matter (§7.3.1).
class KeyMaker {
public:
    /// The key is a secret: peers choose most of what is hashed.
    explicit KeyMaker(HashKey key) : key_(key) {}

    /// Of a request sent, and of its responses: the branch, the CSeq's method, and the sent-by,
    /// since a response with a sent-by that is not ours is not for us. RFC 3261 §17.1.3, §18.1.2
    Digest client(const Via& via, std::string_view method) {
        return begin("client").fold(via.branch()).sent_by(via).exact(method).digest();
    }

    /// Of a request received whose branch has the magic cookie; an ACK finds its INVITE by the
    /// method "INVITE", and so does a CANCEL. RFC 3261 §17.2.3, §9.2
    Digest server(const Via& via, std::string_view method) {
        return begin("server").fold(via.branch()).sent_by(via).exact(method).digest();
    }

    /// What INVITE, ACK and CANCEL of a client without the magic cookie have in common. `top` is
    /// the top Via as it came. RFC 3261 §17.2.3
    Digest legacy(const RequestIdentity& request, std::string_view top) {
        return begin("legacy")
            .exact(request.request_uri)
            .fold(request.from_tag)
            .exact(request.call_id)
            .number(request.cseq.number)
            .fold(top)
            .digest();
    }
    /// And with it what tells them apart: for an ACK the tag is that of our response.
    Digest legacy(const Digest& common, std::string_view method, std::string_view to_tag) {
        return begin("legacy request")
            .number(common[0])
            .number(common[1])
            .exact(method)
            .fold(to_tag)
            .digest();
    }

    /// Of a request outside of dialogs, however it came here. RFC 3261 §8.2.2.2
    Digest merged(const RequestIdentity& request) {
        return begin("merged")
            .exact(request.from_tag)
            .exact(request.call_id)
            .number(request.cseq.number)
            .exact(request.cseq.method)
            .digest();
    }

    /// Of everything that goes to one place.
    Digest destination(Transport transport, const Address& remote) {
        begin("destination").number(static_cast<std::uint64_t>(transport)).number(remote.port);
        const std::array<std::uint8_t, 16>& bytes = remote.bytes;
        text_.append(bytes.begin(), bytes.end());
        return number(remote.v6).digest();
    }

private:
    // Values of header fields hold no line break, so one ends each part beyond doubt.
    KeyMaker& exact(std::string_view part) {
        text_.append(part).push_back('\n');
        return *this;
    }
    KeyMaker& fold(std::string_view part) {
        for (const char c : part)
            text_.push_back(to_lower(c));
        text_.push_back('\n');
        return *this;
    }
    KeyMaker& number(std::uint64_t value) {
        for (int i = 0; i < 8; ++i)
            text_.push_back(static_cast<char>(value >> (8 * i)));
        return *this;
    }
    KeyMaker& sent_by(const Via& via) { return fold(via.host).number(via.port.value_or(0)); }
    KeyMaker& begin(std::string_view purpose) {
        text_.clear();
        return exact(purpose);
    }
    Digest digest() const { return siphash128(key_, text_); }

    HashKey key_;
    std::string text_; // used again and again
};

} // namespace offhook

#endif
