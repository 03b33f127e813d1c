#ifndef OFFHOOK_DIALOG_DIALOG_HPP
#define OFFHOOK_DIALOG_DIALOG_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "offhook/dialog/dialog_state.hpp"
#include "offhook/dialog/route_set.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/model.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/to_tag.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

/// A request of this dialog, and where it goes.
template <Modelled M>
struct DialogRequest {
    M message; ///< complete but for Via, which belongs to the transaction
    NextHop next_hop = NextHop::request_uri; ///< which URI says where to
};

/// How a request of the peer stands to the ones before it. RFC 3261 §12.2.2
enum class Order : unsigned char {
    in_order,     ///< its number is above the last one, or the first
    out_of_order, ///< answer 500: its number is not above the last one
    malformed,    ///< answer 400: no CSeq that can be read
};

/// The number of a message's CSeq, if it can be read.
template <Modelled M>
std::optional<std::uint32_t> sequence_number_of(const M& message) {
    const auto text = MessageModel<M>::header(message, Header::cseq, 0);
    if (!text) return std::nullopt;
    const auto cseq = CSeq::parse(*text);
    if (!cseq) return std::nullopt;
    return cseq->number;
}

/// A peer-to-peer relationship between two user agents, for either role, early or confirmed, on
/// the message type `M`. A value: no timers, no transactions, nothing shared. RFC 3261 §12
template <Modelled M>
class Dialog {
    using Model = MessageModel<M>;
    using Text = DialogState::Text;

public:
    /// The dialog that a response makes at the UAC: an early one for 101 to 199 with a To tag, a
    /// confirmed one for 2xx. A response without a usable Contact (which it must have) leaves the
    /// Request-URI of the request as remote target, so that its ACK and BYE have somewhere to go.
    /// Refused: what makes no dialog, and what has no To, From, Call-ID or CSeq that can be read.
    /// RFC 3261 §12.1, §12.1.2
    static Parsed<Dialog> from_response(const M& request, const M& response) {
        const int status = Model::status(response);
        if (status <= 100 || status >= 300) return ParseError{"Status-Code", 0};
        const auto from = Model::header(request, Header::from, 0);
        const auto to = Model::header(response, Header::to, 0);
        const auto call_id = Model::header(request, Header::call_id, 0);
        const auto number = sequence_number_of(request);
        if (!from) return ParseError{"From", 0};
        if (!to) return ParseError{"To", 0};
        if (!call_id) return ParseError{"Call-ID", 0};
        if (!number) return ParseError{"CSeq", 0};
        Dialog dialog(Role::uac, *call_id);
        if (const ParseError error = dialog.set_parties(*from, *to)) return error;
        // Only a 2xx makes a dialog with a peer of RFC 2543, which sends no tag.
        if (status < 200 && dialog.id().remote_tag.empty()) return ParseError{"To: tag", 0};
        dialog.state_.local_sequence_number = *number;
        dialog.state_.secure = is_sips(Model::request_uri(request));
        dialog.state_.text.set(Text::remote_target, Model::request_uri(request));
        if (const auto contact = Model::header(request, Header::contact, 0))
            dialog.state_.text.set(Text::local_contact, *contact);
        dialog.take_response_path(response);
        dialog.state_.confirmed = status >= 200;
        return dialog;
    }

    /// The dialog that our response with `local_tag` in To makes at the UAS; early until confirm().
    /// Where the request asks for it, a SIP URI in `local_contact` becomes a SIPS URI. Refused: a
    /// request whose Contact is not exactly one SIP or SIPS URI, one with a To tag (481 answers
    /// that, §12.2.2), and one without From, To, Call-ID or CSeq that can be read.
    /// RFC 3261 §12.1.1
    static Parsed<Dialog> from_request(const M& request, std::string_view local_tag,
                                       std::string_view local_contact) {
        const auto from = Model::header(request, Header::from, 0);
        const auto to = Model::header(request, Header::to, 0);
        const auto call_id = Model::header(request, Header::call_id, 0);
        const auto number = sequence_number_of(request);
        const auto target = contact_uri(request);
        if (!from) return ParseError{"From", 0};
        if (!to) return ParseError{"To", 0};
        if (!call_id) return ParseError{"Call-ID", 0};
        if (!number) return ParseError{"CSeq", 0};
        if (!target) return ParseError{"Contact", 0};
        const std::string_view to_text = *to;
        if (has_tag(to_text)) return ParseError{"To: tag", 0};
        Dialog dialog(Role::uas, *call_id);
        std::string local(to_text);
        local.append(";tag=").append(local_tag);
        if (const ParseError error = dialog.set_parties(local, *from)) return error;
        dialog.state_.remote_sequence_number = *number;
        dialog.state_.secure = is_sips(Model::request_uri(request));
        dialog.state_.text.set(Text::remote_target, *target);
        dialog.state_.text.set(Text::route_set, recorded_route(request, RouteOrder::as_recorded));
        const std::string_view last_hop = first_route_uri(dialog.route_set());
        const bool sips =
            dialog.secure() || is_sips(last_hop.empty() ? dialog.remote_target() : last_hop);
        dialog.state_.text.set(Text::local_contact,
                               sips ? with_sips(local_contact) : std::string(local_contact));
        return dialog;
    }

    /// The dialog that a NOTIFY makes at the subscriber, confirmed at once: by the SUBSCRIBE or
    /// REFER that it belongs to, and its own route. Refused: a NOTIFY whose Contact is not exactly
    /// one SIP or SIPS URI, and one without From, From tag or CSeq that can be read.
    /// RFC 6665 §4.4.1
    static Parsed<Dialog> from_notify(const M& subscribe, const M& notify) {
        const auto local = Model::header(subscribe, Header::from, 0);
        const auto contact = Model::header(subscribe, Header::contact, 0);
        const auto call_id = Model::header(subscribe, Header::call_id, 0);
        const auto local_number = sequence_number_of(subscribe);
        const auto remote = Model::header(notify, Header::from, 0);
        const auto remote_number = sequence_number_of(notify);
        const auto target = contact_uri(notify);
        if (!local || !remote) return ParseError{"From", 0};
        if (!call_id) return ParseError{"Call-ID", 0};
        if (!local_number || !remote_number) return ParseError{"CSeq", 0};
        if (!contact || !target) return ParseError{"Contact", 0};
        Dialog dialog(Role::uac, *call_id);
        if (const ParseError error = dialog.set_parties(*local, *remote)) return error;
        if (dialog.id().remote_tag.empty()) return ParseError{"From: tag", 0};
        dialog.state_.local_sequence_number = *local_number;
        dialog.state_.remote_sequence_number = *remote_number;
        dialog.state_.secure = is_sips(Model::request_uri(subscribe));
        dialog.state_.text.set(Text::remote_target, *target);
        dialog.state_.text.set(Text::local_contact, *contact);
        dialog.state_.text.set(Text::route_set, recorded_route(notify, RouteOrder::as_recorded));
        dialog.state_.confirmed = true;
        return dialog;
    }

    /// Its names from our side. Views of it.
    DialogId id() const noexcept { return state_.id(); }
    /// Who made the request that created it: uac where we did.
    Role role() const noexcept { return state_.role; }
    /// Else early.
    bool confirmed() const noexcept { return state_.confirmed; }
    /// Made with a SIPS Request-URI, and so over TLS.
    bool secure() const noexcept { return state_.secure; }
    /// The URI of the peer's Contact. RFC 3261 §12.2.1.1
    std::string_view remote_target() const noexcept { return state_.text[Text::remote_target]; }
    /// The route set as the value of a Route header field; "" is the empty set.
    std::string_view route_set() const noexcept { return state_.text[Text::route_set]; }
    /// Our Contact value, as requests and responses of this dialog carry it.
    std::string_view local_contact() const noexcept { return state_.text[Text::local_contact]; }
    /// The peer's To or From value, with its tag.
    std::string_view remote_party() const noexcept { return state_.text[Text::remote_party]; }
    /// Ours.
    std::string_view local_party() const noexcept { return state_.text[Text::local_party]; }
    /// All of it as plain data.
    const DialogState& state() const noexcept { return state_; }

    /// The 2xx of the request that made the dialog, at the UAC: confirmed from here on; route set
    /// and remote target are computed anew. RFC 3261 §13.2.2.4
    void confirm(const M& response) {
        state_.confirmed = true;
        take_response_path(response);
    }

    /// Our 2xx left, at the UAS. RFC 3261 §12.1
    void confirm() { state_.confirmed = true; }

    /// The next request of ours, with the next sequence number. RFC 3261 §12.2.1.1
    DialogRequest<M> request(std::string_view method) {
        const std::uint32_t number = state_.local_sequence_number.value_or(0) + 1;
        state_.local_sequence_number = number;
        return build(method, number);
    }

    /// The ACK of a 2xx to the INVITE of that number; the caller adds the INVITE's credentials and,
    /// where the 2xx held an offer, the answer. RFC 3261 §13.2.2.4
    DialogRequest<M> ack(std::uint32_t invite_number) const { return build("ACK", invite_number); }

    /// A response to a request of this dialog, or to the one that makes it: one that can make a
    /// dialog (1xx above 100 and 2xx to INVITE, SUBSCRIBE, REFER) repeats Record-Route and tells
    /// our Contact. RFC 3261 §8.2.6, §12.1.1
    M response(const M& request, int status, std::string_view reason) const {
        M built = Model::response(request, status, reason, state_.text[Text::local_tag]);
        if (status > 100 && status < 300 && is_target_refresh(Model::method(request))) {
            for (std::size_t n = 0;; ++n) {
                const auto line = Model::header(request, Header::record_route, n);
                if (!line) break;
                Model::add(built, Header::record_route, *line);
            }
            Model::add(built, Header::contact, local_contact());
        }
        return built;
    }

    /// Takes the number of a request of the peer, which is not ACK or CANCEL, where it is in order.
    /// RFC 3261 §12.2.2
    Order receive(const M& request) {
        const auto number = sequence_number_of(request);
        if (!number) return Order::malformed;
        if (state_.remote_sequence_number && *number <= *state_.remote_sequence_number)
            return Order::out_of_order;
        state_.remote_sequence_number = *number;
        return Order::in_order;
    }

    /// Takes the Contact of a target refresh request of the peer, or of its response to one of
    /// ours. To be called when the refresh takes effect, and only then: as our 2xx or reliable 1xx
    /// leaves, or as theirs arrives; never on an error response. RFC 6141 §4.6, §4.7
    void refresh_remote_target(const M& message) {
        if (const auto uri = contact_uri(message)) state_.text.set(Text::remote_target, *uri);
    }

    /// Our Contact value from here on, with a SIPS URI where the one before has one. The peer
    /// learns it from the next target refresh request, or our 2xx or reliable 1xx to one of its
    /// own. RFC 6141 §4.4, §4.5
    void set_local_contact(std::string_view contact) {
        const std::string own(local_contact());
        const auto before = NameAddr::parse(own);
        const bool sips = before && is_sips(before->uri);
        state_.text.set(Text::local_contact, sips ? with_sips(contact) : std::string(contact));
    }

    /// True for a message that arrived from the peer in this dialog. RFC 3261 §12.2.2
    bool matches(const M& message) const {
        const bool request = Model::status(message) == 0;
        return has_id(message, request ? Header::to : Header::from,
                      request ? Header::from : Header::to);
    }

    /// True for a request that was built by this dialog.
    bool made(const M& request) const { return has_id(request, Header::from, Header::to); }

    /// Methods whose Contact refreshes the target of a dialog. RFC 5057 §5.4
    static bool is_target_refresh(std::string_view method) noexcept {
        for (const char* const each : {"INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"})
            if (method == each) return true;
        return false;
    }

    friend bool operator==(const Dialog&, const Dialog&) = default;

private:
    Dialog(Role role, std::string_view call_id) {
        state_.role = role;
        state_.text.reserve(384);
        state_.text.set(Text::call_id, call_id);
    }

    ParseError set_parties(std::string_view local, std::string_view remote) {
        const auto local_address = NameAddr::parse(local);
        if (!local_address) return local_address.error();
        const auto remote_address = NameAddr::parse(remote);
        if (!remote_address) return remote_address.error();
        state_.text.set(Text::local_tag, local_address->tag());
        state_.text.set(Text::remote_tag, remote_address->tag());
        state_.text.set(Text::local_party, local);
        state_.text.set(Text::remote_party, remote);
        return {};
    }

    void take_response_path(const M& response) {
        state_.text.set(Text::route_set, recorded_route(response, RouteOrder::reversed));
        refresh_remote_target(response);
    }

    DialogRequest<M> build(std::string_view method, std::uint32_t number) const {
        const Routing routing = route_to(remote_target(), route_set());
        DialogRequest<M> request{Model::request(method, routing.request_uri), routing.next_hop};
        M& message = request.message;
        Model::add(message, Header::max_forwards, "70");
        if (!routing.route.empty()) Model::add(message, Header::route, routing.route);
        Model::add(message, Header::from, local_party());
        Model::add(message, Header::to, remote_party());
        Model::add(message, Header::call_id, id().call_id);
        Model::add(message, Header::cseq, std::to_string(number).append(" ").append(method));
        if (is_target_refresh(method)) Model::add(message, Header::contact, local_contact());
        return request;
    }

    bool has_id(const M& message, Header local, Header remote) const {
        const auto call_id = Model::header(message, Header::call_id, 0);
        if (!call_id || std::string_view(*call_id) != id().call_id) return false;
        const auto local_text = Model::header(message, local, 0);
        const auto remote_text = Model::header(message, remote, 0);
        if (!local_text || !remote_text) return false;
        const auto ours = NameAddr::parse(*local_text);
        const auto theirs = NameAddr::parse(*remote_text);
        return ours && theirs && DialogId{*call_id, ours->tag(), theirs->tag()} == id();
    }

    static bool is_sips(std::string_view uri) { return iequals(uri.substr(0, 5), "sips:"); }

    /// The same Contact value with a SIPS URI.
    static std::string with_sips(std::string_view contact) {
        std::string secured(contact);
        const auto value = NameAddr::parse(contact);
        if (value && iequals(value->uri.substr(0, 4), "sip:"))
            secured.insert(static_cast<std::size_t>(value->uri.data() - contact.data()) + 3, "s");
        return secured;
    }

    /// Of the only Contact, if its URI is SIP or SIPS.
    static std::optional<std::string> contact_uri(const M& message) {
        const auto line = Model::header(message, Header::contact, 0);
        if (!line || Model::header(message, Header::contact, 1)) return std::nullopt;
        const auto contact = NameAddr::parse(*line);
        if (!contact) return std::nullopt;
        const auto uri = Uri::parse(contact->uri);
        if (!uri || !uri->is_sip()) return std::nullopt;
        return std::string(contact->uri);
    }

    DialogState state_;
};

} // namespace offhook

#endif
