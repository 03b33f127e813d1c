#include "offhook/core/error.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

namespace {

Refusal refusal_of(Errc code) {
    return {code, "bye", "AckWait (UAS)", "the ACK", "RFC 3261 §15", "hang_up() waits by itself"};
}

template <class E>
bool raises(Errc code) {
    try {
        raise(refusal_of(code));
    } catch (const E& error) {
        return error.code() == code;
    } catch (...) {
    }
    return false;
}

} // namespace

TEST_CASE("each code is thrown as its own type", "[core]") {
    CHECK(raises<NoDialog>(Errc::no_dialog));
    CHECK(raises<ByeOnEarlyDialog>(Errc::bye_on_early_dialog));
    CHECK(raises<AckPending>(Errc::ack_pending));
    CHECK(raises<AnswerPending>(Errc::answer_pending));
    CHECK(raises<AlreadyAnswered>(Errc::already_answered));
    CHECK(raises<AlreadyCancelled>(Errc::already_cancelled));
    CHECK(raises<SessionTerminated>(Errc::session_terminated));
    CHECK(raises<WrongRole>(Errc::wrong_role));
    CHECK(raises<WrongState>(Errc::wrong_state));
    CHECK(raises<OfferAnswerConflict>(Errc::offer_answer_conflict));
    CHECK(raises<RequestPending>(Errc::request_pending));
    CHECK(raises<NotSupported>(Errc::not_supported));
    CHECK(raises<UnsafeValue>(Errc::unsafe_value));
    CHECK(raises<BadArgument>(Errc::bad_argument));
    CHECK(raises<UnknownHandle>(Errc::unknown_handle));
    CHECK(raises<LimitReached>(Errc::limit_reached));
    CHECK(raises<Error>(Errc::ack_pending));
    CHECK_THROWS_AS(raise(refusal_of(Errc::ack_pending)), std::runtime_error);
}

TEST_CASE("an error says what was tried, in which state, what it needs and where the rule is",
          "[core]") {
    const AckPending error(refusal_of(Errc::ack_pending));
    CHECK(error.what()
          == std::string("bye() needs the ACK; session is AckWait (UAS). hang_up() waits by itself "
                         "(RFC 3261 §15)"));
    CHECK(error.tried() == "bye");
    CHECK(error.state() == "AckWait (UAS)");
    CHECK(error.needs() == "the ACK");
    CHECK(error.section() == "RFC 3261 §15");
    CHECK(error.refusal().advice == "hang_up() waits by itself");
}

TEST_CASE("a refusal is false where nothing was refused", "[core]") {
    CHECK_FALSE(Refusal{});
    CHECK(Refusal{}.message() == "allowed");
    const Refusal bare{Errc::bad_argument, "reject", {}, "a status of 400 to 699", {}, {}};
    CHECK(bare);
    CHECK(bare.message() == "reject() needs a status of 400 to 699");
}

TEST_CASE("error codes are of the category offhook, each with a text", "[core]") {
    const std::error_code code = Errc::ack_pending;
    CHECK(code == refusal_of(Errc::ack_pending).error());
    CHECK(std::string(code.category().name()) == "offhook");
    for (int value = 0; value <= static_cast<int>(Errc::limit_reached); ++value)
        CHECK(error_category().message(value) != "unknown offhook error");
    CHECK(error_category().message(999) == "unknown offhook error");
}
