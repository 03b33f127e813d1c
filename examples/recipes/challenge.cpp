// How do I ask callers who they are, and how do I answer who asks me? A DigestServer makes the
// challenges and judges the answers; accounts in the configuration are all that a caller needs.
// RFC 3261 §22, RFC 8760

#include "offhook/auth/digest_server.hpp"
#include "offhook/endpoint/challenging.hpp"
#include "stage.hpp"

using namespace recipes;

int main() {
    EndpointConfig config;
    config.accounts.set({"biloxi.example", "alice", "wonderland"});
    Stage stage({{"alice", config}, {"bob"}, {"mallory"}});
    Endpoint &alice = stage[0], &bob = stage[1], &mallory = stage[2];

    DigestServerOptions options;
    options.realm = "biloxi.example";
    DigestServer server(options, Random(Seed{9}).key()); // system_seed() outside of recipes
    const auto secret_of = [](const DigestClaim& claim) {
        return claim.user == "alice" ? DigestSecret::password("wonderland")
                                     : DigestSecret::unknown_user();
    };
    int asked = 0, admitted = 0;
    const Handlers at_bob{[&](const event::Incoming& e) {
        auto session = bob.session(e.session);
        const auto verdict = identify(server, stage.now(), e.invite, secret_of);
        if (verdict.standing == DigestStanding::accepted) {
            ++admitted;
            return void(session.try_accept(stage.now(), {.body = audio()}));
        }
        ++asked;
        const Demand demand = demand_of(server, stage.now(), verdict);
        (void)session.try_reject(stage.now(), demand.status, demand.options);
    }};
    // Who has no account for the realm is told of the 401; who has hears nothing of it.
    std::string heard;
    const Handlers at_caller{
        [&](const event::Answered&) { heard = "answered"; },
        [&](const event::Rejected& e) { heard = std::to_string(e.status); },
    };
    const auto call = [&](Endpoint& from) {
        heard = "";
        const SessionId id = from.invite(stage.now(), "sip:bob@192.0.2.2", audio());
        stage.run_for(1s, at_caller, at_bob, at_caller);
        say(heard);
        from.session(id).hang_up(stage.now());
        stage.run_for(1s, at_caller, at_bob, at_caller);
    };

    call(alice);
    check(heard == "answered" && asked == 1 && admitted == 1, "alice is asked, and known");
    call(mallory);
    check(heard == "401" && asked == 2 && admitted == 1, "mallory is not");
}
