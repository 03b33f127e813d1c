#include "offhook/endpoint/handler.hpp"

#include "../catch.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "offhook/endpoint/events.hpp"

using namespace offhook;

namespace {

struct Ring {
    std::string from;
};
struct End {
    int status;
};
struct Other {};
struct Foreign {};
using Some = std::variant<Ring, End, Other>;

/// What an endpoint looks like to who wants its events.
struct Source {
    std::vector<Some> events; ///< the last one comes first
    std::optional<Some> poll_event() {
        if (events.empty()) return std::nullopt;
        Some event = std::move(events.back());
        events.pop_back();
        return event;
    }
};

struct Phone {
    std::string seen;
    void on(const Ring& ring) { seen += ring.from; }
    void on(End end) { seen += std::to_string(end.status); }
    void operator()(const Ring&) { seen += "never"; }
    void operator()(const Other&) { seen += "other"; }
};

} // namespace

TEST_CASE("an event goes to the function that takes it, and to no other", "[endpoint]") {
    std::string seen;
    const Handlers handlers{
        [&](const Ring& ring) { seen += ring.from; },
        [&](const End& end) { seen += std::to_string(end.status); },
    };
    CHECK(dispatch(Some(Ring{"bob"}), handlers));
    CHECK(dispatch(Some(End{486}), handlers));
    CHECK_FALSE(dispatch(Some(Other{}), handlers));
    CHECK(seen == "bob486");
}

TEST_CASE("an object's on() comes before its call operator", "[endpoint]") {
    Phone phone;
    CHECK(dispatch(Some(Ring{"bob"}), phone));
    CHECK(dispatch(Some(End{200}), phone));
    CHECK(dispatch(Some(Other{}), phone));
    CHECK(phone.seen == "bob200other");
}

TEST_CASE("a handler may take what an event holds out of it", "[endpoint]") {
    Some event = Ring{"a name that is too long to be copied without a thought"};
    std::string taken;
    dispatch(event, [&](Ring& ring) { taken = std::move(ring.from); });
    CHECK(taken == "a name that is too long to be copied without a thought");
    CHECK(std::get<Ring>(event).from.empty());
}

TEST_CASE("all events are handled in their order, with those that come meanwhile", "[endpoint]") {
    Source source{{End{2}, Other{}, Ring{"1"}}};
    std::string seen;
    dispatch_all(source, Handlers{
                             [&](const Ring& ring) { seen += ring.from; },
                             [&](const End& end) {
                                 seen += std::to_string(end.status);
                                 if (end.status == 2) source.events.push_back(End{3});
                             },
                         });
    CHECK(seen == "123");
}

TEST_CASE("a handler that takes none of the events is found out", "[endpoint]") {
    const auto ring = [](const Ring&) {};
    const auto foreign = [](const Foreign&) {};
    const auto moving = [](Ring&&) {}; // an event is no temporary
    const auto all = [](const auto&) {};
    const auto takes = []<class H, class... E>(H&, std::variant<E...>) {
        return detail::TakesAny<H, E...>::value;
    };
    const Handlers good{ring, all};
    const Handlers bad{ring, foreign};
    auto changing = bad;
    Phone phone;
    CHECK(takes(ring, Some{}));
    CHECK(takes(good, Some{}));
    CHECK(takes(phone, Some{}));
    CHECK_FALSE(takes(foreign, Some{}));
    CHECK_FALSE(takes(moving, Some{}));
    CHECK_FALSE(takes(bad, Some{}));
    CHECK_FALSE(takes(changing, Some{}));
    CHECK_FALSE(takes(std::as_const(phone), Some{})); // none of its functions is const
    CHECK_FALSE(takes(foreign, Event(event::Confirmed{})));
}
