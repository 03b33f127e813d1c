// The torture messages of RFC 4475, given to a user agent that listens: what leaves.

#include "offhook/endpoint/endpoint.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr int call = 1;    ///< event::Incoming
constexpr int nothing = 0; ///< dropped

struct Outcome {
    const char* name;
    int outcome; ///< a status that is answered, `call` or `nothing`
    Header field = Header::unknown;
    const char* value = "";
};

std::string torture(const std::string& name) {
    std::ifstream file(OFFHOOK_TESTS_DIR "/message/rfc4475/" + name + ".dat", std::ios::binary);
    REQUIRE(file);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

constexpr const char* handled = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE";

} // namespace

// RFC 4475: each section's message, and its outcome at a UAS that is no registrar.
TEST_CASE("a user agent answers each torture message as the RFC says", "[endpoint][rfc4475]") {
    static const Outcome rows[] = {
        {"wsinv", 481}, // §3.1.1.1: valid, and has a To tag of a dialog that we do not have
        {"intmeth", 501, Header::allow, handled}, // §3.1.1.2
        {"esc01", call},                          // §3.1.1.3
        {"escnull", 405, Header::allow, handled}, // §3.1.1.4
        {"esc02", 501, Header::allow, handled},   // §3.1.1.5
        {"lwsdisp", 200, Header::allow, handled}, // §3.1.1.6
        {"longreq", call},                        // §3.1.1.7
        {"dblreq", 405, Header::allow, handled},  // §3.1.1.8: and nothing for the rest
        {"semiuri", 200},                         // §3.1.1.9
        {"transports", 200},                      // §3.1.1.10
        {"mpart01", 405, Header::allow, handled}, // §3.1.1.11
        {"unreason", nothing},                    // §3.1.1.12: a response to nothing
        {"noreason", nothing},                    // §3.1.1.13: another
        {"badinv01", nothing},                    // §3.1.2.1: 400, but the Via leads nowhere
        {"clerr", 400},                           // §3.1.2.2
        {"ncl", 400},                             // §3.1.2.3
        {"scalar02", 400},                        // §3.1.2.4
        {"scalarlg", nothing},                    // §3.1.2.5: a response
        {"quotbal", 400},                         // §3.1.2.6
        {"ltgtruri", 400},                        // §3.1.2.7
        {"lwsruri", 400},                         // §3.1.2.8
        {"lwsstart", 400},                        // §3.1.2.9
        {"trws", 400},                            // §3.1.2.10
        {"escruri", 400},                         // §3.1.2.11
        {"baddate", call},                        // §3.1.2.12: Date is of no use to us
        {"regbadct", 400},                        // §3.1.2.13
        {"badaspec", 400},                        // §3.1.2.14
        {"baddn", 400},                           // §3.1.2.15
        {"badvers", 505},                         // §3.1.2.16
        {"mismatch01", 400},                      // §3.1.2.17
        {"mismatch02", 400},                      // §3.1.2.18: 501 would do as well
        {"bigcode", nothing},                     // §3.1.2.19: a response
        {"badbranch", 400},                       // §3.2.1
        {"insuf", 400},                          // §3.3.1: with what there is of its header fields
        {"unkscm", 416},                         // §3.3.2
        {"novelsc", 416},                        // §3.3.3
        {"unksm2", 405, Header::allow, handled}, // §3.3.4
        {"bext01", 420, Header::unsupported,     // §3.3.5
         "nothingSupportsThis, nothingSupportsThisEither"},
        {"invut", 415, Header::accept, "application/sdp"}, // §3.3.6
        {"regaut01", 405, Header::allow, handled},         // §3.3.7
        {"multi01", 400},                                  // §3.3.8
        {"mcl01", 400},                                    // §3.3.9
        {"bcast", nothing},                                // §3.3.10: a response to another
        {"zeromf", 200},                                   // §3.3.11: no proxy
        {"cparam01", 405, Header::allow, handled},         // §3.3.12
        {"cparam02", 405, Header::allow, handled},         // §3.3.13
        {"regescrt", 405, Header::allow, handled},         // §3.3.14
        {"sdp01", call},                                   // §3.3.15
        {"inv2543", call},                                 // §3.4.1
    };
    for (const Outcome& row : rows) {
        CAPTURE(row.name);
        const std::string text = torture(row.name);
        Wire bob;
        bob.receive(text);
        if (row.outcome == nothing || row.outcome == call) {
            CHECK(bob.take_sent().empty());
            CHECK(bob.take_events() == (row.outcome == call ? Lines{"Incoming"} : Lines{}));
        } else {
            CHECK(bob.events.empty());
            const Message answer = bob.take_only();
            CHECK(answer.status() == row.outcome);
            if (row.field != Header::unknown) CHECK(value(answer, row.field) == row.value);
            if (std::string(row.name) != "insuf")
                CHECK(value(answer, Header::to).find("tag") != std::string::npos);
        }
        bob.run_for(10min);
        CHECK(bob.is_empty());

        // A stream needs Content-Length, and is given up where that is no good; never more.
        Wire carol;
        for (const char byte : text)
            carol.receive(std::string_view(&byte, 1), Wire::tcp());
        for (const Transmit& transmit : carol.sent)
            CHECK(transmit.flow == Wire::tcp());
        carol.endpoint.connection_closed(carol.now, Wire::tcp());
        carol.run_for(10min);
        CHECK(carol.is_empty());
    }
}
