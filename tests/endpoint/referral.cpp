#include "offhook/endpoint/referral.hpp"

#include "../catch.hpp"

#include <chrono>
#include <optional>
#include <string>

#include "../support/duo.hpp"
#include "../support/endpoint_instances.hpp"

using namespace offhook;
using test::Duo;
using namespace std::chrono_literals;

namespace {

std::optional<InviteOptions> invite_of(const std::string& refer_to,
                                       const std::string& referred_by = {}) {
    Message refer = Message::request("REFER", "sip:alice@192.0.2.1");
    if (!referred_by.empty()) refer.add(Header::referred_by, referred_by);
    return invite_for(event::Referred{{}, 1, 1, refer_to, std::move(refer)});
}

} // namespace

// RFC 3515 §2.4.2
TEST_CASE("a REFER to a SIP URI asks for a call there", "[endpoint][rfc3515][2.4.2]") {
    const auto plain = invite_of("sip:carol@192.0.2.3;transport=tcp");
    REQUIRE(plain);
    CHECK(plain->target == "sip:carol@192.0.2.3");
    const auto named = invite_of("\"Carol\" <sips:carol@chicago.example;transport=tcp>");
    REQUIRE(named);
    CHECK(named->target == "sips:carol@chicago.example;transport=tcp");
    CHECK(named->fields.empty());
    CHECK(invite_of("<sip:carol@192.0.2.3;method=INVITE>")->target == "sip:carol@192.0.2.3");
}

// RFC 3891 §4, RFC 3892 §2.2
TEST_CASE("the call that a REFER asks for replaces what its URI says, and names the referrer",
          "[endpoint][rfc3891][4][rfc3892][2.2]") {
    const auto invite = invite_of(
        "<sip:carol@192.0.2.3?Replaces=1%40x%3Bto-tag%3Da%3Bfrom-tag%3Db&Route=%3Csip:x%3E>",
        "<sip:bob@192.0.2.2>");
    REQUIRE(invite);
    CHECK(invite->target == "sip:carol@192.0.2.3");
    REQUIRE(invite->fields.size() == 2); // and nothing else that the URI asks for
    CHECK(invite->fields[0].name == "Replaces");
    CHECK(invite->fields[0].value == "1@x;to-tag=a;from-tag=b");
    CHECK(invite->fields[1].name == "Referred-By");
    CHECK(invite->fields[1].value == "<sip:bob@192.0.2.2>");
}

TEST_CASE("a REFER to what is no call, or broken, asks for none", "[endpoint][rfc3515][2.4.2]") {
    for (const char* const text :
         {"", "carol", "<mailto:carol@chicago.example>", "<tel:+13125550100>",
          "<sip:carol@192.0.2.3;method=SUBSCRIBE>", "<sip:carol@192.0.2.3?Replaces=a%0D%0Ab:c>",
          "<sip:carol@192.0.2.3?Replaces=garbage>"}) {
        INFO(text);
        CHECK_FALSE(invite_of(text));
    }
}

// RFC 3891 §4: "This header field MUST NOT be used" for an early dialog that the target has not
// made.
TEST_CASE("who takes our place in a call goes to its peer, and names the dialog as that knows it",
          "[endpoint][rfc3891][4]") {
    Duo duo;
    CHECK(in_our_place(duo.session(Duo::alice)).empty());
    duo.ring();
    CHECK(in_our_place(duo.session(Duo::alice)).empty());
    CHECK_FALSE(in_our_place(duo.session(Duo::bob)).empty());
    duo.accept();
    duo.world.run_for(1s);
    const auto* const dialog = duo.session(Duo::alice).dialog();
    REQUIRE(dialog);
    const DialogId id = dialog->id();
    const std::string target = in_our_place(duo.session(Duo::alice));
    const auto to = ReferTo::parse(target);
    REQUIRE(to);
    CHECK(as_request_uri(to->address.uri) == as_request_uri(dialog->remote_target()));
    const auto text = to->replaces();
    REQUIRE(text);
    const auto replaces = Replaces::parse(*text);
    REQUIRE(replaces);
    CHECK(replaces->call_id.text == id.call_id);
    CHECK(replaces->to_tag() == id.remote_tag);
    CHECK(replaces->from_tag() == id.local_tag);
    duo.session(Duo::alice).bye(duo.now());
    CHECK(in_our_place(duo.session(Duo::alice)).empty());
}
