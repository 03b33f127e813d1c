#ifndef OFFHOOK_SESSION_OFFER_ANSWER_HPP
#define OFFHOOK_SESSION_OFFER_ANSWER_HPP

#include <string_view>

namespace offhook {

/// The offer/answer exchange of one dialog, blind to bodies, roles and methods: `out` is what we
/// send, `in` what we receive. RFC 3264 §4, RFC 6337 §2
class OfferAnswer {
public:
    enum class State : unsigned char {
        idle,             ///< nothing offered yet
        offer_sent,       ///< our offer waits for its answer
        offer_received,   ///< the peer's offer waits for ours
        preview_received, ///< an unreliable 1xx showed the answer to our offer
        preview_sent,     ///< our unreliable 1xx showed the answer to theirs
        agreed,           ///< no offer outstanding, one pair in force
        reoffer_sent,     ///< a further offer of ours
        reoffer_received, ///< a further offer of theirs
    };

    enum class Input : unsigned char {
        offer_out,
        offer_in,
        answer_out,
        answer_in,
        preview_out, ///< an answer in an unreliable 1xx
        preview_in,
        failed, ///< what carried the offer got a final error
    };

    struct Row {
        State state;
        Input input;
        State next;
        std::string_view section;
    };

    /// Every step that there is. A further preview changes nothing: the first description that
    /// comes is the answer.
    static constexpr Row table[] = {
        {State::idle, Input::offer_out, State::offer_sent, "RFC 3264 §4"},
        {State::idle, Input::offer_in, State::offer_received, "RFC 3264 §4"},
        {State::offer_sent, Input::answer_in, State::agreed, "RFC 3264 §4"},
        {State::offer_sent, Input::preview_in, State::preview_received, "RFC 6337 §3.1.1"},
        {State::offer_sent, Input::failed, State::idle, "RFC 6337 §2.3"},
        {State::offer_received, Input::answer_out, State::agreed, "RFC 3264 §4"},
        {State::offer_received, Input::preview_out, State::preview_sent, "RFC 6337 §3.1.1"},
        {State::offer_received, Input::failed, State::idle, "RFC 6337 §2.3"},
        {State::preview_received, Input::preview_in, State::preview_received, "RFC 3261 §13.2.1"},
        {State::preview_received, Input::answer_in, State::agreed, "RFC 3261 §13.2.1"},
        {State::preview_received, Input::failed, State::idle, "RFC 6337 §2.3"},
        {State::preview_sent, Input::preview_out, State::preview_sent, "RFC 3261 §13.2.1"},
        {State::preview_sent, Input::answer_out, State::agreed, "RFC 3261 §13.2.1"},
        {State::preview_sent, Input::failed, State::idle, "RFC 6337 §2.3"},
        {State::agreed, Input::offer_out, State::reoffer_sent, "RFC 3264 §8"},
        {State::agreed, Input::offer_in, State::reoffer_received, "RFC 3264 §8"},
        {State::reoffer_sent, Input::answer_in, State::agreed, "RFC 3264 §8"},
        {State::reoffer_sent, Input::failed, State::agreed, "RFC 3261 §14.1"},
        {State::reoffer_received, Input::answer_out, State::agreed, "RFC 3264 §8"},
        {State::reoffer_received, Input::failed, State::agreed, "RFC 6337 §2.3"},
    };

    static constexpr const Row* find(State state, Input input) noexcept {
        for (const Row& row : table)
            if (row.state == state && row.input == input) return &row;
        return nullptr;
    }

    constexpr State state() const noexcept { return state_; }
    constexpr bool can(Input input) const noexcept { return find(state_, input) != nullptr; }

    /// Takes the step; false, and nothing changed, where there is none.
    constexpr bool apply(Input input) noexcept {
        const Row* const row = find(state_, input);
        if (row) state_ = row->next;
        return row != nullptr;
    }

    friend bool operator==(const OfferAnswer&, const OfferAnswer&) = default;

private:
    State state_ = State::idle;
};

} // namespace offhook

#endif
