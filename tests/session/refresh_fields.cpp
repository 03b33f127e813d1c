#include "offhook/session/refresh_fields.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <chrono>
#include <string>

using namespace offhook;
using namespace test;

namespace {

template <class M>
M update(const std::vector<std::pair<Header, std::string>>& fields) {
    M message = MessageModel<M>::request("UPDATE", "sip:b@h");
    for (const auto& [name, value] : fields)
        MessageModel<M>::add(message, name, value);
    return message;
}

} // namespace

TEMPLATE_TEST_CASE("a request says of the session timer what its header fields say",
                   "[session][rfc4028][7.1]", Message, PlainMessage) {
    struct Row {
        std::vector<std::pair<Header, std::string>> fields;
        RefreshRequest said;
    };
    const Row rows[] = {
        {{}, {}},
        {{{Header::supported, "timer"}}, {{}, {}, {}, true}},
        {{{Header::supported, "100rel"}, {Header::supported, "replaces, Timer"}},
         {{}, {}, {}, true}},
        {{{Header::require, "timer"}}, {{}, {}, {}, true}},
        {{{Header::supported, "timers, xtimer"}}, {}},
        {{{Header::session_expires, "1800"}}, {1800s, {}, {}, false}},
        {{{Header::session_expires, "90;refresher=uac"}}, {90s, Refresher::uac, {}, false}},
        {{{Header::session_expires, "90 ; a=b ; refresher = UAS"}},
         {90s, Refresher::uas, {}, false}},
        {{{Header::min_se, "120;x=y"}}, {{}, {}, 120s, false}},
        {{{Header::session_expires, "4294967295"}, {Header::min_se, "0"}},
         {4294967295s, {}, 0s, false}},
        // One that does not parse is none.
        {{{Header::session_expires, "soon"}, {Header::min_se, "90s"}}, {}},
        {{{Header::session_expires, ""}, {Header::min_se, ""}}, {}},
        {{{Header::session_expires, "90;refresher=proxy"}}, {}},
        {{{Header::session_expires, "-90"}, {Header::min_se, "-1"}}, {}},
    };
    for (const Row& row : rows) {
        const auto message = update<TestType>(row.fields);
        INFO(text_of(message));
        CHECK(refresh_request_of(message) == row.said);
    }
}

TEMPLATE_TEST_CASE("a 2xx says of the session timer what its header fields say",
                   "[session][rfc4028][7.2]", Message, PlainMessage) {
    using Fields = std::vector<std::pair<Header, std::string>>;
    const auto said = [](const Fields& fields) {
        return refresh_answer_of(update<TestType>(fields));
    };
    CHECK(said({}) == RefreshAnswer{});
    CHECK(said({{Header::session_expires, "300;refresher=uas"}, {Header::require, "a, timer"}})
          == RefreshAnswer{300s, Refresher::uas, true, true});
    CHECK(said({{Header::session_expires, "300"}, {Header::supported, "timer"}})
          == RefreshAnswer{300s, {}, false, true});
    CHECK(said({{Header::session_expires, "300;refresher"}}) == RefreshAnswer{});
    CHECK(said({{Header::require, "timer"}}) == RefreshAnswer{{}, {}, true, true});
}

TEMPLATE_TEST_CASE("a refusal says what to ask for instead, and when", "[session][rfc4028][7.3]",
                   Message, PlainMessage) {
    const auto none = refresh_refusal_of<TestType>(408, nullptr);
    CHECK(none.status == 408);
    CHECK((!none.min_se && !none.retry_after));
    const auto full =
        update<TestType>({{Header::min_se, "3600"}, {Header::retry_after, "5 (busy);duration=60"}});
    const auto some = refresh_refusal_of(422, &full);
    CHECK(some.status == 422);
    CHECK(some.min_se == 3600s);
    CHECK(some.retry_after == 5s);
    const auto broken = update<TestType>({{Header::min_se, "x"}, {Header::retry_after, "x"}});
    const auto nothing = refresh_refusal_of(422, &broken);
    CHECK((!nothing.min_se && !nothing.retry_after));
}

TEMPLATE_TEST_CASE("what a message is to say of the session timer is written as it is read",
                   "[session][rfc4028][4]", Message, PlainMessage) {
    for (const auto interval : {std::optional<std::chrono::seconds>{}, {90s}, {4294967295s}})
        for (const auto refresher :
             {std::optional<Refresher>{}, {Refresher::uac}, {Refresher::uas}}) {
            if (!interval && refresher) continue;
            RefreshRequest request{interval, refresher, {}, false};
            auto message = update<TestType>({});
            add_refresh(message, request);
            CHECK(refresh_request_of(message) == request);
            CHECK(count(message, Header::session_expires) == (interval ? 1U : 0U));
            CHECK(count(message, Header::min_se) == 0);
            RefreshAnswer said{interval, refresher, false, false};
            auto success = update<TestType>({});
            add_refresh(success, said);
            CHECK(refresh_answer_of(success) == said);
            CHECK(count(success, Header::require) == 0);
        }
    auto message = update<TestType>({});
    add_refresh(message, RefreshRequest{1800s, Refresher::uac, 100s, true});
    CHECK(text_of(message)
          == "UPDATE sip:b@h\nMin-SE: 100\nSession-Expires: 1800;refresher=uac\n\n");
    auto success = update<TestType>({});
    add_refresh(success, RefreshAnswer{1800s, Refresher::uas, true, true});
    CHECK(field(success, Header::session_expires) == "1800;refresher=uas");
    CHECK(field(success, Header::require) == "timer");
    CHECK(count(success, Header::min_se) == 0);
}

// RFC 3261 §7.3.1: lines of one name are one list.
TEMPLATE_TEST_CASE("the lines of a list are joined, and none is an empty text",
                   "[session][rfc3261][7.3.1]", Message, PlainMessage) {
    CHECK(joined_lines(update<TestType>({}), Header::reason).empty());
    CHECK(joined_lines(update<TestType>({{Header::reason, "SIP;cause=200"},
                                         {Header::supported, "timer"},
                                         {Header::reason, "Q.850;cause=16"}}),
                       Header::reason)
          == "SIP;cause=200, Q.850;cause=16");
}
