#include "offhook/message/allow.hpp"
#include "offhook/message/allow_events.hpp"
#include "offhook/message/call_id.hpp"
#include "offhook/message/challenge.hpp"
#include "offhook/message/contact.hpp"
#include "offhook/message/content_disposition.hpp"
#include "offhook/message/content_length.hpp"
#include "offhook/message/content_type.hpp"
#include "offhook/message/credentials.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/event_package.hpp"
#include "offhook/message/expires.hpp"
#include "offhook/message/info_package.hpp"
#include "offhook/message/join.hpp"
#include "offhook/message/max_forwards.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/option_tags.hpp"
#include "offhook/message/rack.hpp"
#include "offhook/message/reason.hpp"
#include "offhook/message/recv_info.hpp"
#include "offhook/message/refer_sub.hpp"
#include "offhook/message/refer_to.hpp"
#include "offhook/message/referred_by.hpp"
#include "offhook/message/replaces.hpp"
#include "offhook/message/retry_after.hpp"
#include "offhook/message/rseq.hpp"
#include "offhook/message/session_expires.hpp"
#include "offhook/message/sipfrag.hpp"
#include "offhook/message/subscription_state.hpp"
#include "offhook/message/target_dialog.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/message/uri_compare.hpp"
#include "offhook/message/via.hpp"
#include "offhook/message/warning.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "../catch.hpp"

namespace {

// Parses a copy that ends where its memory ends, so that a sanitizer sees a byte read too many, and
// walks through all that the value holds. Gives whether it was accepted; a fault lies in the text.
template <class T>
bool check_survives(std::string_view text) {
    const auto copy = std::make_unique<char[]>(text.size());
    text.copy(copy.get(), text.size());
    const auto parsed = T::parse(std::string_view(copy.get(), text.size()));
    if (!parsed && (parsed.error().rule.empty() || parsed.error().offset > text.size())) {
        FAIL("a fault outside of the text: " << parsed.error().rule);
    }
    std::size_t bytes = 0;
    if constexpr (requires { parsed->parameters.begin()->name; }) {
        if (parsed)
            for (const auto& parameter : parsed->parameters)
                bytes += parameter.name.size() + offhook::unquote(parameter.value).size();
    }
    if constexpr (requires { parsed->tag(); }) {
        if (parsed) bytes += parsed->tag().size() + parsed->parsed_uri().host.size();
    }
    if constexpr (std::is_same_v<T, offhook::Uri>) {
        if (parsed) {
            bytes += offhook::unescape(parsed->user).size();
            if (!offhook::equivalent(*parsed, *parsed)) FAIL("a URI unlike itself: " << text);
        }
    }
    if (bytes > 4 * text.size()) FAIL("a value larger than its text: " << text);
    return parsed.has_value();
}

// Every truncation, and every byte replaced by each of those that parsers stumble over.
template <class T>
void check_tormented(std::string_view sample) {
    CAPTURE(sample);
    REQUIRE(check_survives<T>(sample));
    for (std::size_t size = 0; size < sample.size(); ++size)
        check_survives<T>(sample.substr(0, size));
    std::string text(sample);
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (int c = 0; c < 256; ++c) {
            text[i] = static_cast<char>(c);
            check_survives<T>(text);
        }
        text[i] = sample[i];
    }
    for (std::size_t i = 0; i <= text.size(); ++i) {
        for (const char c : "\"\\<>@:;,=?%[]()/* 0")
            check_survives<T>(std::string(text).insert(i, 1, c));
    }
}

} // namespace

TEST_CASE("no truncated, replaced or inserted byte breaks a value parser",
          "[message][faults][29]") {
    using namespace offhook;
    check_tormented<Uri>("sip:al%69ce:pw@[2001:db8::1]:5060;transport=tcp;lr?Subject=a%20b&x=");
    check_tormented<Uri>("sips:example.com");
    check_tormented<Uri>("tel:+1-201;phone-context=%61");
    check_tormented<NameAddr>("\"A \\\"B\\\\\" <sip:a@b.example;lr>;tag=1;x=\"y\\z\";f");
    check_tormented<NameAddr>("sip:a@192.0.2.1 ; tag = 1");
    check_tormented<Contact>("*");
    check_tormented<Contact>("Bob <sip:a@b>;q=0.5;expires=60");
    check_tormented<Via>("SIP / 2.0/UDP [::1] : 5060 ;branch=z9hG4bK1;rport=1;ttl=2;received=::1");
    check_tormented<CSeq>("2147483647 INVITE");
    check_tormented<RAck>("1 2147483647 INVITE");
    check_tormented<RSeq>("4294967295");
    check_tormented<MaxForwards>("255");
    check_tormented<ContentLength>("4294967295");
    check_tormented<ContentType>("multipart/mixed; boundary=\"a\\b\"");
    check_tormented<ContentDisposition>("session;handling=optional");
    check_tormented<OptionTags>("100rel, timer");
    check_tormented<Allow>("INVITE, ACK");
    check_tormented<Expires>("4294967295");
    check_tormented<SessionExpires>("1800;refresher=uac");
    check_tormented<MinSE>("90;x=y");
    check_tormented<CallId>("abc@192.0.2.1");
    check_tormented<Replaces>("a@b;to-tag=1;from-tag=2;early-only");
    check_tormented<ReferTo>("<sip:a@b;method=BYE?Replaces=a%3bto-tag%3d1>");
    check_tormented<Join>("a@b;to-tag=1;from-tag=2");
    check_tormented<TargetDialog>("a@b;local-tag=1;remote-tag=2");
    check_tormented<ReferredBy>("<sip:a@b>;cid=\"a.b@[::1]\"");
    check_tormented<ReferSub>("false;x=y");
    check_tormented<InfoPackage>("infoX;x=y");
    check_tormented<RecvInfo>("P, R;x=\"a,b\"");
    check_tormented<AllowEvents>("presence, presence.winfo");
    check_tormented<Sipfrag>("SIP/2.0 200 OK\r\nContact: <sip:a@b>\r\n");
    check_tormented<EventPackage>("presence.winfo;id=1");
    check_tormented<SubscriptionState>("terminated;reason=timeout;retry-after=5");
    check_tormented<Reason>("Q.850;cause=16;text=\"a\\\"b\"");
    check_tormented<RetryAfter>("5 (a (b\\)) c);duration=6");
    check_tormented<Warning>("307 h.example:5060 \"a\\\\b\"");
    check_tormented<Challenge>(
        "Digest realm=\"a\\\"b\", nonce=\"c\",, qop=\"auth,auth-int\", stale=true");
    check_tormented<Credentials>("Digest username=\"a\", nc=00000001, uri=\"sip:b\"");
}
