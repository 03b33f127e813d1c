#ifndef OFFHOOK_SESSION_OFFER_ANSWER_HPP
#define OFFHOOK_SESSION_OFFER_ANSWER_HPP

#include <string_view>

namespace offhook {

/// The offer/answer exchange of one dialog, blind to what descriptions say: it knows which messages
/// carried them, and tells what one in the next message would be. RFC 3264 §4, RFC 6337 §2
class OfferAnswer {
public:
    /// Where the exchange stands.
    enum class State : unsigned char {
        idle,               ///< nothing agreed yet
        offer_sent,         ///< our offer waits for its answer
        offer_received,     ///< the peer's offer waits for ours
        preview_received,   ///< an unreliable 1xx showed the answer to our offer
        preview_sent,       ///< our unreliable 1xx showed the answer to theirs
        agreed,             ///< no offer outstanding, one pair in force
        reoffer_sent,       ///< a further offer of ours
        reoffer_received,   ///< a further offer of theirs
        repreview_received, ///< the answer to a further offer of ours was shown
        repreview_sent,     ///< the answer to a further offer of theirs
    };

    /// What becomes of a description.
    enum class Input : unsigned char {
        offer_out,   ///< `out` is what we send, `in` what we receive
        offer_in,    ///< the same of theirs
        answer_out,  ///< one that counts
        answer_in,   ///< the same of theirs
        preview_out, ///< an answer in an unreliable 1xx
        preview_in,  ///< the same of theirs
        failed,      ///< what carried the offer got a final error
    };

    /// One step: in a state, with an input, to the next one.
    struct Row {
        State state;              ///< before
        Input input;              ///< what happens
        State next;               ///< after
        std::string_view section; ///< the rule
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
        {State::reoffer_sent, Input::preview_in, State::repreview_received, "RFC 6337 §3.1.1"},
        {State::reoffer_sent, Input::failed, State::agreed, "RFC 3261 §14.1"},
        {State::reoffer_received, Input::answer_out, State::agreed, "RFC 3264 §8"},
        {State::reoffer_received, Input::preview_out, State::repreview_sent, "RFC 6337 §3.1.1"},
        {State::reoffer_received, Input::failed, State::agreed, "RFC 6337 §2.3"},
        {State::repreview_received, Input::preview_in, State::repreview_received,
         "RFC 3261 §13.2.1"},
        {State::repreview_received, Input::answer_in, State::agreed, "RFC 3264 §8"},
        {State::repreview_received, Input::failed, State::agreed, "RFC 3261 §14.1"},
        {State::repreview_sent, Input::preview_out, State::repreview_sent, "RFC 3261 §13.2.1"},
        {State::repreview_sent, Input::answer_out, State::agreed, "RFC 3264 §8"},
        {State::repreview_sent, Input::failed, State::agreed, "RFC 6337 §2.3"},
    };

    /// The messages that can carry a description.
    enum class Carrier : unsigned char {
        invite,         ///< first one or re-INVITE
        provisional,    ///< an unreliable 1xx
        reliable,       ///< a 1xx that PRACK acknowledges
        success,        ///< 2xx to INVITE
        ack,            ///< of a 2xx to INVITE
        prack,          ///< of a reliable 1xx
        prack_success,  ///< 2xx to PRACK
        update,         ///< RFC 3311
        update_success, ///< 2xx to UPDATE
    };

    /// Which message can answer the offer of which.
    struct Pattern {
        Carrier offer;            ///< what carried the offer
        Carrier answer;           ///< what may answer it
        std::string_view section; ///< the rule
    };

    /// The six that there are. RFC 6337 §2.2, table 1
    static constexpr Pattern patterns[] = {
        {Carrier::invite, Carrier::success, "RFC 3261 §13.2.1"},
        {Carrier::success, Carrier::ack, "RFC 3261 §13.2.1"},
        {Carrier::invite, Carrier::reliable, "RFC 3262 §5"},
        {Carrier::reliable, Carrier::prack, "RFC 3262 §5"},
        {Carrier::prack, Carrier::prack_success, "RFC 3262 §5"},
        {Carrier::update, Carrier::update_success, "RFC 3311 §5"},
    };

    /// Whether we send a message, or receive it.
    enum class Direction : unsigned char { out, in };

    /// What a description in a message is.
    enum class Meaning : unsigned char {
        nothing,  ///< to be passed over, or not to be sent
        offer,    ///<
        answer,   ///<
        preview,  ///< of the answer
        conflict, ///< an offer while another one is outstanding
    };

    /// The step for an input; null: there is none.
    static constexpr const Row* find(State state, Input input) noexcept {
        for (const Row& row : table)
            if (row.state == state && row.input == input) return &row;
        return nullptr;
    }

    /// Where it stands.
    constexpr State state() const noexcept { return state_; }
    /// Whether there is a step for it now.
    constexpr bool can(Input input) const noexcept { return find(state_, input) != nullptr; }

    /// Whether some pair has been agreed, whatever is under way now.
    constexpr bool established() const noexcept { return state_ >= State::agreed; }
    /// Our offer waits for its answer.
    constexpr bool offered_by_us() const noexcept {
        return state_ == State::offer_sent || state_ == State::preview_received
               || state_ == State::reoffer_sent || state_ == State::repreview_received;
    }
    /// Theirs does.
    constexpr bool offered_by_peer() const noexcept {
        return state_ == State::offer_received || state_ == State::preview_sent
               || state_ == State::reoffer_received || state_ == State::repreview_sent;
    }
    /// An unreliable 1xx has shown us the answer to our offer.
    constexpr bool previewed() const noexcept {
        return state_ == State::preview_received || state_ == State::repreview_received;
    }
    /// An offer of either side waits for its answer.
    constexpr bool outstanding() const noexcept { return offered_by_us() || offered_by_peer(); }
    /// What carried the outstanding offer.
    constexpr Carrier carrier() const noexcept { return carrier_; }

    /// What a description in this message would be now. RFC 6337 §2.2
    constexpr Meaning meaning(Direction direction, Carrier carrier) const noexcept {
        const bool starts =
            carrier == Carrier::invite || carrier == Carrier::update || carrier == Carrier::prack;
        if (outstanding()) {
            const bool answers = offered_by_us() == (direction == Direction::in);
            if (answers) {
                for (const Pattern& pattern : patterns)
                    if (pattern.offer == carrier_ && pattern.answer == carrier)
                        return Meaning::answer;
                if (carrier_ == Carrier::invite && carrier == Carrier::provisional)
                    return Meaning::preview;
            }
            return starts ? Meaning::conflict : Meaning::nothing;
        }
        if (carrier == Carrier::prack) // only where the 1xx brought the answer. RFC 6337 §2.2
            return invite_ == Invite::answered ? Meaning::offer : Meaning::nothing;
        if (carrier == Carrier::reliable || carrier == Carrier::success)
            return invite_ == Invite::without_offer ? Meaning::offer : Meaning::nothing;
        return starts ? Meaning::offer : Meaning::nothing;
    }

    /// Takes the description in a message for what it is.
    constexpr Meaning take(Direction direction, Carrier carrier) noexcept {
        const Meaning found = meaning(direction, carrier);
        const bool out = direction == Direction::out;
        switch (found) {
        case Meaning::nothing:
        case Meaning::conflict: break;
        case Meaning::offer:
            carrier_ = carrier;
            if (carrier == Carrier::reliable || carrier == Carrier::success)
                invite_ = Invite::offered;
            apply(out ? Input::offer_out : Input::offer_in);
            break;
        case Meaning::answer:
            if (carrier_ == Carrier::invite || carrier_ == Carrier::reliable)
                invite_ = Invite::answered;
            apply(out ? Input::answer_out : Input::answer_in);
            break;
        case Meaning::preview: apply(out ? Input::preview_out : Input::preview_in); break;
        }
        return found;
    }

    /// An INVITE leaves or comes, with an offer or without; the offer itself is taken by take().
    /// Precondition: no offer is outstanding.
    constexpr void open_invite(bool with_offer) noexcept {
        invite_ = with_offer ? Invite::offered : Invite::without_offer;
    }
    /// The first reliable response to the INVITE has to bring the offer. RFC 3261 §13.2.1
    constexpr bool owes_offer() const noexcept { return invite_ == Invite::without_offer; }
    /// The INVITE's own exchange is complete, and the INVITE is not.
    constexpr bool invite_answered() const noexcept { return invite_ == Invite::answered; }
    /// The INVITE has its final response, and ACK where that held an offer.
    constexpr void close_invite() noexcept { invite_ = Invite::none; }

    /// What carried the outstanding offer has failed: what was agreed before is in force.
    constexpr void fail() noexcept { apply(Input::failed); }

    /// Takes the step; false, and nothing changed, where there is none.
    constexpr bool apply(Input input) noexcept {
        const Row* const row = find(state_, input);
        if (row) state_ = row->next;
        return row != nullptr;
    }

    friend bool operator==(const OfferAnswer&, const OfferAnswer&) = default;

private:
    /// Where the exchange of the INVITE under way stands. RFC 6337 §3.1
    enum class Invite : unsigned char { none, without_offer, offered, answered };

    State state_ = State::idle;
    Carrier carrier_ = Carrier::invite;
    Invite invite_ = Invite::none;
};

} // namespace offhook

#endif
