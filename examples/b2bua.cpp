// A back-to-back user agent: it answers calls, and for each places a call of its own, so that two
// phones talk to each other and each knows only us. What one side says is said to the other.
//
//     b2bua 127.0.0.1:5060 bob=sip:bob@127.0.0.1:5070 'carol=sip:127.0.0.1:5080;transport=tcp'
//
// A call to sip:bob@127.0.0.1:5060 is then bridged to the URI of that name. Ends with a signal. All
// that it does in answer to an event is by try_…(): what has come since may have ended that call.

#include <chrono>
#include <csignal>
#include <cstring>
#include <deque>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/system_random.hpp"
#include "offhook/endpoint/handler.hpp"
#include "offhook/message/max_forwards.hpp"
#include "offhook/message/parse_header.hpp"
#include "offhook/net/loop.hpp"
#include "offhook/offhook.hpp"

using namespace offhook;

const auto now = net::Loop::now;
using Routes = std::map<std::string, std::string>; ///< the URI that each user is called at

/// What is said to one phone and meant for the other. All else in a message, the way that it takes,
/// its dialog, its numbers, belongs to one leg alone.
MessageOptions as_said(const Message& message) {
    static constexpr std::string_view end_to_end[] = {"Alert-Info",  "Call-Info", "Priority",
                                                      "Privacy",     "Reason",    "Referred-By",
                                                      "Retry-After", "Subject",   "Warning"};
    MessageOptions options;
    options.phrase = message.reason_phrase();
    for (const auto [id, name, value] : message.fields())
        for (const std::string_view passed : end_to_end)
            if (iequals(name, passed))
                options.fields.push_back({std::string(passed), std::string(value)});
    return options;
}

class Bridge {
public:
    Bridge(const Address& address, Routes routes)
        : routes_(std::move(routes)), endpoint_(configure(address), system_seed()) {}

    void run_once() {
        loop_.run_once(endpoint_, std::chrono::milliseconds(500));
        dispatch_all(endpoint_, *this);
    }
    bool idle() const { return legs_.empty(); }

    // --- A call comes in, and another one goes out.
    void on(const event::Incoming& call) {
        if (call.replaces) return take_place(call);
        auto caller = leg(call.session);
        const auto hops = parse_header<MaxForwards>(call.invite, Header::max_forwards);
        if (hops && hops->hops == 0)
            return void(caller.try_reject(now(), 483)); // it goes round in circles
        const auto route = routes_.find(unescape(Uri::parse(call.invite.request_uri())->user));
        if (route == routes_.end()) return void(caller.try_reject(now(), 404));

        const auto from = parse_header<NameAddr>(call.invite, Header::from);
        InviteOptions invite;
        invite.target = route->second;
        invite.from = std::string(from->display_name) + " <" + std::string(from->uri) + ">";
        invite.offer = call.offer;
        invite.fields = as_said(call.invite).fields;
        if (hops) invite.max_forwards = static_cast<std::uint8_t>(hops->hops - 1);
        // The callee may say reliably only what the caller can acknowledge.
        invite.features = endpoint_.config().features;
        if (any_lists(call.invite, Header::require, "100rel"))
            invite.features.reliable = Reliability::required;
        else if (!any_lists(call.invite, Header::supported, "100rel"))
            invite.features.reliable = Reliability::off;
        SessionId callee;
        if (endpoint_.try_invite(now(), invite, callee)) return void(caller.try_reject(now(), 500));
        legs_[call.session].other = callee;
        legs_[callee].other = call.session;
    }

    // --- What becomes of it.
    /// Early media pass: the description of a 183 is sent on. A reliable one is acknowledged to the
    /// callee once the caller has acknowledged it to us.
    void on(const event::Ringing& e) {
        auto caller = asker_of(e.session);
        MessageOptions options = as_said(e.message);
        if (e.reliable) options.delivery = Delivery::reliable;
        options.body = session_description(e.message);
        Refusal refused = caller.try_progress(now(), e.status, options);
        options.body = {}; // another fork has described something else
        if (refused) refused = caller.try_progress(now(), e.status, options);
        if (e.reliable && refused)
            (void)leg(e.session).try_prack(now(), {.fork = e.fork});
        else if (Leg* const theirs = find(caller.id()); theirs && e.reliable)
            theirs->to_acknowledge.push_back(e.fork);
    }
    void on(const event::Acknowledged& e) {
        Leg* const ours = find(e.session);
        if (!ours || ours->to_acknowledge.empty()) return;
        MessageOptions options{.body = session_description(e.message)};
        options.fork = ours->to_acknowledge.front();
        ours->to_acknowledge.pop_front();
        if (other(e.session).try_prack(now(), options)) (void)leg(e.session).try_decline(now());
    }
    void on(const event::Answered& e) {
        auto caller = other(e.session);
        const Body body = session_description(e.message);
        const Body due = caller.owes_description() ? body : Body{};
        if (!caller.try_accept(now(), {.body = due}, e.status)) return;
        // What was shown as early media is agreed, and another fork has answered: set it right.
        if (caller.try_accept(now(), {}, e.status))
            leg(e.session).hang_up(now());
        else if (Leg* const theirs = find(caller.id()))
            theirs->to_correct = body;
    }
    void on(const event::Confirmed& e) {
        if (Leg* const ours = find(e.session); ours && ours->to_correct)
            (void)leg(e.session).try_reinvite(now(), {.body = std::exchange(ours->to_correct, {})});
    }
    void on(const event::Rejected& e) {
        // The credentials of one leg are nobody's business on the other.
        const int status = e.status == 401 || e.status == 407 ? 403 : e.status;
        (void)other(e.session).try_reject(now(), status, as_said(e.message));
    }
    void on(const event::Redirected& e) {
        std::vector<std::string> contacts;
        for (std::size_t n = 0; const auto line = e.message.header(Header::contact, n); ++n)
            for (const std::string_view contact : ListRange(*line))
                contacts.emplace_back(contact);
        (void)other(e.session).try_redirect(now(), contacts, e.status);
    }
    /// However it ended: CANCEL, BYE, a refusal or a failure. hang_up() finds what ends the other.
    void on(const event::Terminated& e) {
        other(e.session).hang_up(now(), {.reason = e.reason}, e.status >= 400 ? e.status : 480);
        if (const Leg* const ours = find(e.session)) leg(ours->newcomer).hang_up(now());
        legs_.erase(e.session);
        for (auto& [id, leg] : legs_)
            if (leg.newcomer == e.session) leg.newcomer = {};
    }

    // --- The call changes: hold, resume, another codec.
    void on(const event::Reinvited& e) {
        if (const auto no = other(e.session).try_reinvite(now(), {.body = e.offer}))
            (void)leg(e.session).try_reject(now(), status_of(no));
    }
    void on(const event::Updated& e) {
        if (e.offer.empty()) return;
        if (const auto no = other(e.session).try_update(now(), {.body = e.offer}))
            (void)leg(e.session).try_decline(now(), status_of(no));
    }
    /// Answers come in the 2xx, which Modified has, and in ACK and PRACK and their like.
    void on(const event::Modified& e) {
        if (leg(e.session).state() != State::confirmed) return; // an early UPDATE
        auto asker = asker_of(e.session);
        const Body due = asker.owes_description() ? session_description(e.message) : Body{};
        if (!asker.try_accept(now(), {.body = due}, e.status)) move_over(e.session);
    }
    void on(const event::Answer& e) {
        (void)other(e.session).try_ack(now(), {.body = e.body});
        (void)other(e.session).try_answer(now(), {.body = e.body});
    }
    void on(const event::RolledBack& e) {
        const bool early = leg(e.session).state() < State::ack_wait;
        auto asker = asker_of(e.session);
        const int status = e.status < 400 ? 488 : e.status;
        if (e.by == Party::remote) { // who has asked gives up
            if (!early) (void)other(e.session).try_cancel(now());
        } else if (asker.try_decline(now(), status) && !early) {
            (void)asker.try_reject(now(), status);
            if (Leg* const ours = find(e.session)) ours->newcomer = {};
        }
    }

    // --- Transfers: who is referred calls the target, and tells how that went.
    void on(const event::Referred& e) {
        UsageId usage = 0;
        const MessageOptions options = as_said(e.message);
        auto to = other(e.session);
        if (const auto no =
                to.try_refer(now(), e.refer_to, options, ReferSubscription::wanted, usage))
            return void(leg(e.session).try_respond(now(), e.transaction, status_of(no)));
        referrals_[{to.id(), usage}] = {e.session, e.transaction, e.usage};
    }
    void on(const event::UsageResponded& e) { report(e.session, e.usage, e.status, 0); }
    void on(const event::Notified& e) { report(e.session, e.usage, 202, e.status); }
    void on(const event::UsageEnded& e) {
        report(e.session, e.usage, e.message ? e.message->status() : 503, 503);
        referrals_.erase({e.session, e.usage});
    }

private:
    struct Leg {
        SessionId other = {};
        std::deque<std::uint32_t> to_acknowledge = {}; ///< forks of the other leg, by PRACK
        Body to_correct = {};                          ///< once the call is confirmed
        SessionId newcomer = {};                       ///< wants to be the other leg
    };
    struct Referral {
        SessionId session;
        TransactionId transaction;
        UsageId usage;
    };

    EndpointConfig configure(const Address& address) {
        EndpointConfig config;
        for (const Transport transport : {Transport::udp, Transport::tcp})
            config.listeners.push_back({transport, loop_.listen(transport, address)});
        config.identity = "<sip:b2bua@" + config.listeners[0].sent_by() + ">";
        config.users = {"b2bua"}; // of our Contact: who replaces a call of ours asks for it
        for (const auto& [user, uri] : routes_)
            config.users.push_back(user);
        config.methods = {"REFER"};
        // Each of these would decide for a phone what that can decide for itself.
        config.features.prack = SessionFeatures::Prack::by_application;
        config.features.on_glare = SessionFeatures::Glare::tell;
        return config;
    }

    Endpoint::SessionRef leg(SessionId session) { return endpoint_.session(session); }
    Leg* find(SessionId session) {
        const auto found = legs_.find(session);
        return found == legs_.end() ? nullptr : &found->second;
    }
    /// Where there is none any more, it refuses whatever is asked of it.
    Endpoint::SessionRef other(SessionId session) {
        const Leg* const known = find(session);
        return leg(known ? known->other : SessionId{});
    }
    /// Who waits for what a leg says: its other one, or who is to take that one's place.
    Endpoint::SessionRef asker_of(SessionId session) {
        const Leg* const known = find(session);
        return known && known->newcomer ? leg(known->newcomer) : other(session);
    }
    /// Something is under way, and it will be tried again; or it can't be had.
    static int status_of(const Refusal& refusal) {
        const bool later = refusal.code == Errc::request_pending
                           || refusal.code == Errc::ack_pending
                           || refusal.code == Errc::answer_pending;
        return later ? 491 : 488;
    }

    // --- A transfer in which the new phone takes the place of one that we bridge. RFC 3891
    void take_place(const event::Incoming& call) {
        const auto stays = other(call.replaces).id();
        if (const auto no = leg(stays).try_reinvite(now(), {.body = call.offer}))
            return void(leg(call.session).try_reject(now(), status_of(no)));
        find(stays)->newcomer = call.session;
    }
    /// The newcomer is in: our endpoint ends the call in whose place it is.
    void move_over(SessionId stays) {
        Leg* const leg = find(stays);
        if (!leg || !leg->newcomer) return;
        legs_.erase(leg->other);
        leg->other = std::exchange(leg->newcomer, {});
        legs_[leg->other].other = stays;
    }
    /// What becomes of a REFER, to who has sent it; whatever it knows already is refused.
    void report(SessionId session, UsageId usage, int response, int progress) {
        const auto found = referrals_.find({session, usage});
        if (found == referrals_.end()) return;
        const Referral& referral = found->second;
        auto referrer = leg(referral.session);
        (void)referrer.try_respond(now(), referral.transaction, response);
        if (progress != 0) (void)referrer.try_notify(now(), referral.usage, progress);
    }

    Routes routes_;
    net::Loop loop_;
    Endpoint endpoint_;
    std::map<SessionId, Leg> legs_;
    std::map<std::pair<SessionId, UsageId>, Referral> referrals_;
};

volatile std::sig_atomic_t stopped = 0;

int main(int argc, char** argv) {
    const auto address = Address::parse(argc > 1 ? argv[1] : "");
    Routes routes;
    for (int i = 2; i < argc; ++i)
        if (char* const equal = std::strchr(argv[i], '='))
            routes.emplace(std::string(argv[i], equal), equal + 1);
    if (!address || routes.empty()) {
        std::cerr << "usage: b2bua ADDRESS:PORT USER=URI ...\n";
        return 2;
    }
    for (const int signal : {SIGTERM, SIGINT})
        std::signal(signal, [](int) { stopped = 1; });
    Bridge bridge(*address, std::move(routes));
    std::cout << "listening" << std::endl;
    while (!stopped)
        bridge.run_once();
    return bridge.idle() ? 0 : 1;
}
