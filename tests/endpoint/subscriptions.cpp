// Subscriptions between endpoints, and through each accident.

#include "offhook/endpoint/subscribing.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = 0;
constexpr std::size_t bob = 1;

EndpointConfig notifying(EndpointConfig config) {
    config.methods = {"SUBSCRIBE", "REFER", "MESSAGE"};
    config.events = {"presence", "refer"};
    return config;
}

World two(sim::Link link = {}) {
    World world(1, link);
    world.add("alice", "192.0.2.1");
    world.add(notifying(World::config("bob", at("192.0.2.2"))), "192.0.2.2");
    return world;
}

MessageOptions state(const std::string& text) {
    return {.body = Body{"text/plain", text, {}}};
}

void accept_subscriptions(World& world, std::size_t agent, const Event& event) {
    if (const auto* const asked = std::get_if<event::SubscriptionIncoming>(&event))
        world.net[agent].subscription(asked->subscription).accept(world.net.now(), state("open"));
}

SubscriptionId incoming(const World& world) {
    for (const Event& event : world.events[bob])
        if (const auto* const found = std::get_if<event::SubscriptionIncoming>(&event))
            return found->subscription;
    FAIL("nobody subscribes");
    return {};
}

Sketch subscribe_to(const std::string& more = "Event: presence|") {
    return {.method = "SUBSCRIBE", .more = "Contact: <sip:alice@192.0.2.9>|" + more};
}
Sketch refer_to(const std::string& more = "Refer-To: <sip:carol@chicago.example>|") {
    return {.method = "REFER", .more = "Contact: <sip:alice@192.0.2.9>|" + more};
}

/// A NOTIFY of the node with that tag, for a SUBSCRIBE of ours.
std::string notify_for(const Message& subscribe, const std::string& tag, const std::string& state,
                       const std::string& cseq = "1", const std::string& more = "") {
    return request({.method = "NOTIFY",
                    .uri = "sip:bob@192.0.2.1",
                    .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn" + tag + cseq,
                    .from = "<sip:carol@192.0.2.9>;tag=" + tag,
                    .to = value(subscribe, Header::from),
                    .call_id = value(subscribe, Header::call_id),
                    .cseq = cseq,
                    .more = "Contact: <sip:carol@192.0.2.9>|Event: presence|Subscription-State: "
                            + state + "|" + more});
}

} // namespace

// RFC 6665 §4.1, §4.2: figure 1, over each transport.
TEST_CASE("a subscription is made, told, refreshed and ended", "[endpoint][rfc6665][4]") {
    const std::string transport = GENERATE("", ";transport=tcp");
    const double loss = GENERATE(0.0, 0.2);
    World world = two({.loss = loss});
    world.on_event = accept_subscriptions;
    const SubscriptionId id = world.net[alice].subscribe(
        world.net.now(), {.target = "sip:bob@192.0.2.2" + transport, .event = "presence"});
    world.run_for(20s);
    CHECK(world.net[alice].counts().subscriptions == 1);
    CHECK(world.net[bob].counts().subscriptions == 1);
    auto watcher = world.net[alice].subscription(id);
    auto watched = world.net[bob].subscription(incoming(world));
    CHECK(watcher.phase() == SubscriptionPhase::active);
    CHECK(watched.phase() == SubscriptionPhase::active);
    CHECK(watcher.role() == Role::uac);
    CHECK(watched.role() == Role::uas);
    REQUIRE(watcher.dialog());
    CHECK(watcher.dialog()->remote_target().find("@192.0.2.2:5060") != std::string::npos);
    CHECK(world.take_events(bob) == Lines{"SubscriptionIncoming SUBSCRIBE"});
    const Lines heard = world.take_events(alice);
    CHECK((heard == Lines{"SubscriptionAccepted 200", "SubscriptionNotified open"}
           || heard == Lines{"SubscriptionNotified open", "SubscriptionAccepted 200"}));

    watched.notify(world.net.now(), state("closed"));
    world.run_for(20s);
    CHECK(world.take_events(alice) == Lines{"SubscriptionNotified closed"});

    world.run_for(1h); // refreshed by itself meanwhile
    CHECK(watcher.phase() == SubscriptionPhase::active);
    CHECK(world.take_events(bob) == Lines{"SubscriptionRefreshed"});

    SECTION("by the subscriber") {
        watcher.unsubscribe(world.net.now());
        world.run_for(20s);
        CHECK(world.take_events(alice).back() == "SubscriptionEnded notified");
        CHECK(world.take_events(bob).back() == "SubscriptionEnded unsubscribed");
    }
    SECTION("by the notifier") {
        watched.terminate(world.net.now(), TerminationReason::noresource);
        world.run_for(20s);
        CHECK(world.take_events(alice).back() == "SubscriptionEnded notified");
        CHECK(world.take_events(bob).back() == "SubscriptionEnded terminated");
    }
    CHECK(watcher.phase() == SubscriptionPhase::terminated);
    world.run_out();
}

// RFC 3515 §2.4: outside of calls.
TEST_CASE("a REFER outside of calls is told what becomes of it", "[endpoint][rfc3515][2.4]") {
    World world = two();
    world.on_event = [](World& w, std::size_t agent, const Event& event) {
        if (const auto* const asked = std::get_if<event::SubscriptionIncoming>(&event))
            w.net[agent].subscription(asked->subscription).accept(w.net.now());
    };
    world.net[alice].subscribe(world.net.now(),
                               {.target = "sip:bob@192.0.2.2", .refer_to = "sip:carol@192.0.2.3"});
    world.run_for(1s);
    CHECK(world.take_events(alice)
          == Lines{"SubscriptionAccepted 200", "SubscriptionNotified SIP/2.0 100 Trying\r\n"});
    const SubscriptionId id = incoming(world);
    CHECK(world.take_events(bob) == Lines{"SubscriptionIncoming REFER"});
    world.net[bob].subscription(id).terminate(world.net.now(), TerminationReason::noresource,
                                              {.body = sipfrag(200)});
    world.run_for(1s);
    CHECK(world.take_events(alice)
          == Lines{"SubscriptionNotified SIP/2.0 200 OK\r\n", "SubscriptionEnded notified"});
    world.run_out();
}

// RFC 6665 §4.1.2.4, §4.2.1.1; RFC 3261 §8.1.3.1
TEST_CASE("a subscription that comes to nothing is told, and leaves nothing",
          "[endpoint][rfc6665][4.1.2.4]") {
    World world = two();
    std::string target = "sip:bob@192.0.2.2";
    std::string end = "SubscriptionEnded unanswered";
    SECTION("rejected") {
        world.on_event = [](World& w, std::size_t agent, const Event& event) {
            if (const auto* const asked = std::get_if<event::SubscriptionIncoming>(&event))
                w.net[agent].subscription(asked->subscription).reject(w.net.now(), 403);
        };
        end = "SubscriptionEnded refused";
    }
    SECTION("not decided in time") {
        end = "SubscriptionEnded refused"; // with 480
    }
    SECTION("nobody there") {
        target = "sip:bob@192.0.2.77";
    }
    SECTION("nobody can be reached") {
        target = "sip:bob@192.0.2.77;transport=tcp";
        end = "SubscriptionEnded refused"; // as if by 503: RFC 3261 §8.1.3.1
    }
    world.net[alice].subscribe(world.net.now(), {.target = target, .event = "presence"});
    world.run_out();
    const Lines heard = world.take_events(alice);
    REQUIRE(heard.size() == 1);
    CHECK(heard.front() == end);
}

// RFC 6665 §4.2.1.1, §4.4.4, §5.4.1: each refusal, and what has to stand in it.
TEST_CASE("a SUBSCRIBE or REFER that cannot be served is answered, and others live on",
          "[endpoint][rfc6665][4.2.1.1]") {
    struct Row {
        const char* name;
        Sketch request;
        int status;
        Header field;
        const char* value;
    };
    const Row rows[] = {
        {"another package", subscribe_to("Event: dialog|"), 489, Header::allow_events,
         "presence, refer"},
        {"no Event", subscribe_to(""), 489, Header::allow_events, "presence, refer"},
        {"Event at fault", subscribe_to("Event: ;|"), 489, Header::allow_events, "presence, refer"},
        {"two", subscribe_to("Event: presence|Event: presence|"), 400, Header::unknown, ""},
        {"Expires at fault", subscribe_to("Event: presence|Expires: soon|"), 400, Header::unknown,
         ""},
        {"too brief", subscribe_to("Event: presence|Expires: 5|"), 423, Header::min_expires, "60"},
        {"of a REFER alone", subscribe_to("Event: refer|"), 403, Header::unknown, ""},
        {"no Contact",
         {.method = "SUBSCRIBE", .more = "Event: presence|"},
         400,
         Header::unknown,
         ""},
        {"no Refer-To", refer_to(""), 400, Header::unknown, ""},
        {"two Refer-To", refer_to("Refer-To: <sip:a@b>|Refer-To: <sip:a@b>|"), 400, Header::unknown,
         ""},
        {"not understood", subscribe_to("Event: presence|Require: eventlist|"), 420,
         Header::unsupported, "eventlist"},
        {"Replaces", subscribe_to("Event: presence|Replaces: c;to-tag=1;from-tag=2|"), 400,
         Header::unknown, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Wire wire(notifying(bobs_config()));
        wire.receive(invite());
        wire.take_events();
        Sketch asked = row.request;
        asked.via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKsub";
        asked.call_id = "subscribe@192.0.2.9";
        wire.sent.clear();
        wire.receive(request(asked));
        const Message answer = wire.take_only();
        CHECK(answer.status() == row.status);
        if (row.field != Header::unknown) CHECK(value(answer, row.field) == row.value);
        CHECK(wire.events.empty());
        CHECK(wire.endpoint.counts().subscriptions == 0);
        CHECK(wire.endpoint.counts().sessions == 1);
    }
}

// RFC 3261 §8.2.1: what nobody keeps comes as any other request, where `methods` has it.
TEST_CASE("without event packages SUBSCRIBE and REFER are the application's", "[endpoint]") {
    EndpointConfig config = notifying(bobs_config());
    config.events = {};
    SECTION("both") {
        Wire wire(config);
        wire.receive(request(subscribe_to()));
        CHECK(wire.take_events() == Lines{"Request SUBSCRIBE"});
    }
    SECTION("REFER alone") {
        config.events = {"presence"};
        Wire wire(config);
        wire.receive(request(refer_to()));
        CHECK(wire.take_events() == Lines{"Request REFER"});
    }
    SECTION("none where no method is") {
        config.events = {"presence", "refer"};
        config.methods = {};
        Wire wire(config);
        wire.receive(request(subscribe_to()));
        CHECK(wire.take_sent() == Lines{"405 SUBSCRIBE"});
    }
}

// RFC 6665 §4.4.4
TEST_CASE("the 200 to an OPTIONS lists the event packages", "[endpoint][rfc6665][4.4.4]") {
    Wire wire(notifying(bobs_config()));
    wire.receive(request({.method = "OPTIONS"}));
    CHECK(value(wire.take_only(), Header::allow_events) == "presence, refer");
}

// RFC 3261 §21.5.4
TEST_CASE("more subscriptions than the limit are refused at both sides", "[endpoint]") {
    EndpointConfig config = notifying(bobs_config());
    config.limits.subscriptions = 1;
    Wire wire(config);
    wire.receive(request(subscribe_to()));
    CHECK(wire.take_events() == Lines{"SubscriptionIncoming SUBSCRIBE"});
    Sketch another = subscribe_to();
    another.via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK2";
    another.call_id = "another@192.0.2.9";
    wire.receive(request(another));
    const Message answer = wire.take_only();
    CHECK(answer.status() == 503);
    CHECK(value(answer, Header::retry_after) == "10");
    CHECK(wire.events.empty());
    CHECK_THROWS_AS(
        wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9", .event = "presence"}),
        LimitReached);
    CHECK(wire.endpoint.counts().subscriptions == 1);
}

// RFC 6665 §4.1.2.1, RFC 3261 §8.1.1
TEST_CASE("a SUBSCRIBE is filled in from the configuration, or refused", "[endpoint]") {
    Wire wire;
    const SubscriptionId id =
        wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9", .event = "presence"});
    wire.drain();
    const Message sent = wire.take_only();
    CHECK(value(sent, Header::from).starts_with("\"Bob\" <sip:bob@biloxi.example>;tag="));
    CHECK(value(sent, Header::contact).find("192.0.2.1:5060") != std::string::npos);
    CHECK(lists(value(sent, Header::supported), "tdialog"));
    CHECK(wire.endpoint.subscription(id).phase() == SubscriptionPhase::waiting);
    CHECK(wire.endpoint.subscription(id).id() == id);

    CHECK_THROWS_AS(wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9"}),
                    BadArgument);
    CHECK_THROWS_AS(wire.endpoint.subscribe(wire.now, {.target = "tel:1", .event = "presence"}),
                    BadArgument);
    CHECK_THROWS_AS(
        wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9", .event = "a\r\nb"}),
        UnsafeValue);
    CHECK(wire.endpoint.counts().subscriptions == 1);
}

// RFC 6665 §4.4.1: the NOTIFY makes the dialog, and may overtake the 2xx.
TEST_CASE("a NOTIFY may come before the response to its SUBSCRIBE", "[endpoint][rfc6665][4.4.1]") {
    Wire wire;
    wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9", .event = "presence"});
    wire.drain();
    const Message sent = wire.take_only();
    wire.receive(notify_for(sent, "n1", "active;expires=600"));
    CHECK(wire.take_sent() == Lines{"200 NOTIFY"});
    wire.receive(response(sent, 200, "n1", "Expires:600|"));
    CHECK(wire.take_events() == Lines{"SubscriptionNotified ", "SubscriptionAccepted 200"});
    wire.receive(notify_for(sent, "n1", "terminated;reason=noresource", "2"));
    CHECK(wire.take_events() == Lines{"SubscriptionNotified ", "SubscriptionEnded notified"});
    wire.run_for(64s);
    CHECK(wire.is_empty());
    wire.take_sent();
    wire.receive(notify_for(sent, "n1", "active", "3"));
    CHECK(wire.take_sent() == Lines{"481 NOTIFY"});
}

// RFC 6665 §4.4.1, §5.4.9
TEST_CASE("NOTIFYs of other nodes make subscriptions of their own, or are refused",
          "[endpoint][rfc6665][4.4.1]") {
    Wire wire;
    const bool keep = GENERATE(true, false);
    const SubscriptionId id =
        wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9",
                                           .event = "presence",
                                           .forks = keep ? SubscribeOptions::Forks::keep_all
                                                         : SubscribeOptions::Forks::keep_first});
    wire.drain();
    const Message sent = wire.take_only();
    wire.receive(response(sent, 200, "n1", "Expires:600|"));
    wire.receive(notify_for(sent, "n1", "active;expires=600"));
    wire.take_sent();
    wire.take_events();
    wire.receive(notify_for(sent, "n2", "active;expires=600"));
    if (!keep) {
        CHECK(wire.take_sent() == Lines{"481 NOTIFY"});
        CHECK(wire.endpoint.counts().subscriptions == 1);
        return;
    }
    CHECK(wire.take_sent() == Lines{"200 NOTIFY"});
    const auto forked = wire.last<event::SubscriptionForked>();
    CHECK(forked.subscription == id);
    CHECK(wire.last<event::SubscriptionNotified>().subscription == forked.fork);
    CHECK(wire.take_events() == Lines{"SubscriptionForked", "SubscriptionNotified "});
    CHECK(wire.endpoint.counts().subscriptions == 2);

    // Each gets what is its own, whichever ends first.
    wire.run_for(40s);
    wire.receive(notify_for(sent, "n1", "terminated", "2"));
    CHECK(wire.last<event::SubscriptionEnded>().subscription == id);
    wire.receive(notify_for(sent, "n2", "active;expires=600", "2"));
    CHECK(wire.last<event::SubscriptionNotified>().subscription == forked.fork);
    wire.receive(notify_for(sent, "n2", "terminated", "3"));
    CHECK(wire.last<event::SubscriptionEnded>().subscription == forked.fork);
    wire.run_for(64s);
    CHECK(wire.is_empty());
}

// RFC 6665 §4.1.3, RFC 3261 §8.2.2.3
TEST_CASE("a NOTIFY at fault is refused, and its subscription lives", "[endpoint][rfc6665]") {
    Wire wire;
    const SubscriptionId id =
        wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9", .event = "presence"});
    wire.drain();
    const Message sent = wire.take_only();
    wire.receive(response(sent, 200, "n1", "Expires:600|"));
    wire.receive(notify_for(sent, "n1", "active;expires=600"));
    wire.take_sent();
    wire.take_events();
    wire.receive(notify_for(sent, "n1", ";", "2"));
    CHECK(wire.take_sent() == Lines{"400 NOTIFY"});
    wire.receive(notify_for(sent, "n1", "active", "3", "Require: eventlist|"));
    CHECK(wire.take_sent() == Lines{"420 NOTIFY"});
    wire.receive(notify_for(sent, "n1", "active", "4", "Replaces: c;to-tag=1;from-tag=2|"));
    CHECK(wire.take_sent() == Lines{"400 NOTIFY"});
    CHECK(wire.events.empty());
    CHECK(wire.endpoint.subscription(id).phase() == SubscriptionPhase::active);
}

// RFC 3263 §4: a host name stands in the way of the SUBSCRIBE.
TEST_CASE("a SUBSCRIBE waits for the address of its host", "[endpoint]") {
    Wire wire;
    wire.endpoint.subscribe(wire.now, {.target = "sip:carol@chicago.example", .event = "presence"});
    wire.drain();
    CHECK(wire.sent.empty());
    const ResolveId resolve = wire.last<event::Resolve>().id;
    wire.take_events();
    SECTION("which is found") {
        wire.endpoint.resolved(wire.now, resolve, {at("192.0.2.9")});
        wire.drain();
        CHECK(wire.take_sent() == Lines{"SUBSCRIBE"});
    }
    SECTION("or not") {
        wire.endpoint.resolved(wire.now, resolve, {});
        wire.drain();
        CHECK(wire.take_events() == Lines{"SubscriptionEnded refused"});
        wire.run_for(64s);
        CHECK(wire.is_empty());
    }
}

// RFC 3261 §18: the way that the SUBSCRIBE came may be the only one back.
TEST_CASE("a NOTIFY leaves on the connection of its SUBSCRIBE", "[endpoint][rfc3261][18]") {
    Wire wire(notifying(bobs_config()));
    const Flow flow = Wire::tcp();
    wire.receive(request({.method = "SUBSCRIBE",
                          .via = "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK1",
                          .more = "Contact: <sip:alice@192.0.2.9;transport=tcp>|Event: presence|"}),
                 flow);
    wire.endpoint.subscription(wire.last<event::SubscriptionIncoming>().subscription)
        .accept(wire.now, state("open"));
    wire.drain();
    REQUIRE(wire.sent.size() == 2);
    CHECK(wire.sent[1].flow == flow);
    CHECK(wire.take_sent() == Lines{"200 SUBSCRIBE", "NOTIFY"});
}

// RFC 3891 §3, RFC 3911 §4: "if the … header field matches a dialog which was not created with an
// INVITE, the UAS MUST reject the request with a 481 response."
TEST_CASE("the dialog of a subscription is neither replaced nor joined",
          "[endpoint][rfc3891][3][rfc3911][4]") {
    EndpointConfig config = notifying(bobs_config());
    config.extensions = {"join"};
    Wire wire(config);
    wire.receive(request(subscribe_to()));
    const SubscriptionId id = wire.last<event::SubscriptionIncoming>().subscription;
    wire.endpoint.subscription(id).accept(wire.now, state("open"));
    wire.drain();
    const DialogId names = wire.endpoint.subscription(id).dialog()->id();
    const std::string tags = ": " + std::string(names.call_id)
                             + ";to-tag=" + std::string(names.local_tag)
                             + ";from-tag=" + std::string(names.remote_tag) + "|";
    wire.sent.clear();
    wire.events.clear();
    const std::string name = GENERATE("Replaces", "Join");
    wire.receive(invite({.via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKcarol",
                         .call_id = "carol@192.0.2.9",
                         .more = "Contact: <sip:carol@192.0.2.9>|" + name + tags}));
    CHECK(wire.take_sent() == Lines{"481 INVITE"});
    CHECK(wire.events.empty());
}

// RFC 4538 §4
TEST_CASE("a SUBSCRIBE or REFER that knows a call of ours is told with it",
          "[endpoint][rfc4538][4]") {
    Wire wire(notifying(bobs_config()));
    wire.receive(invite());
    const SessionId call = wire.last<event::Incoming>().session;
    const DialogName name = wire.endpoint.session(call).dialog_name();
    Sketch asked = GENERATE(true, false) ? subscribe_to() : refer_to();
    asked.via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKsub";
    asked.call_id = "subscribe@192.0.2.9";
    asked.more += "Require: tdialog|Target-Dialog: " + std::string(name.call_id)
                  + ";local-tag=" + std::string(name.local_tag)
                  + ";remote-tag=" + std::string(name.remote_tag) + "|";
    wire.receive(request(asked));
    CHECK(wire.last<event::SubscriptionIncoming>().target_dialog == call);
}
