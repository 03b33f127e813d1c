#ifndef OFFHOOK_TRACE_STATE_DIAGRAM_HPP
#define OFFHOOK_TRACE_STATE_DIAGRAM_HPP

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/session/offer_answer.hpp"
#include "offhook/session/session_refresh.hpp"
#include "offhook/session/transitions.hpp"
#include "offhook/transaction/client_invite.hpp"
#include "offhook/transaction/client_non_invite.hpp"
#include "offhook/transaction/server_invite.hpp"
#include "offhook/transaction/server_non_invite.hpp"

namespace offhook::trace {

/// A state machine of the library, as its own table has it: what mermaid() and dot() draw.
struct StateDiagram {
    /// What leads from one state to another.
    struct Arrow {
        std::string from; ///< a state: "Calling"
        std::string to;   ///< another, or the same
        std::string what; ///< what happens: "Timer B, transport error"
    };
    std::string title;              ///< "Client transaction of INVITE"
    std::string first;              ///< the state that it begins in
    std::vector<Arrow> arrows = {}; ///< one for each pair of states that have any
    std::string_view source = {};   ///< the RFC that draws it

    /// Goes to the arrow between the two states, which is made where it is missing.
    void add(std::string_view from, std::string_view to, std::string_view what) {
        for (Arrow& arrow : arrows) {
            if (arrow.from != from || arrow.to != to) continue;
            arrow.what.append(", ").append(what);
            return;
        }
        arrows.push_back({std::string(from), std::string(to), std::string(what)});
    }
};

namespace detail {

template <std::size_t N, class Enumerator>
constexpr std::string_view named(const std::array<std::string_view, N>& names, Enumerator value) {
    return names[static_cast<std::size_t>(value)];
}

inline constexpr std::array<std::string_view, 7> client_state_names = {
    "Initial", "Calling", "Trying", "Proceeding", "Completed", "Accepted", "Terminated"};
inline constexpr std::array<std::string_view, 13> client_input_names = {
    "request", "1xx",     "2xx",     "300–699", "Timer A",         "Timer B", "Timer D",
    "Timer E", "Timer F", "Timer K", "Timer M", "transport error", "given up"};
inline constexpr std::array<std::string_view, 7> server_state_names = {
    "Initial", "Trying", "Proceeding", "Completed", "Confirmed", "Accepted", "Terminated"};
inline constexpr std::array<std::string_view, 15> server_input_names = {
    "request",         "ACK",        "100 from TU",  "101–199 from TU", "2xx from TU",
    "300–699 from TU", "Timer G",    "Timer H",      "Timer I",         "Timer J",
    "Timer L",         "100 is due", "nobody waits", "transport error", "given up"};
inline constexpr std::array<std::string_view, 6> session_state_names = {
    "Initial", "Early", "AckWait", "Confirmed", "Terminating", "Terminated"};
inline constexpr std::array<std::string_view, 5> caller_step_names = {
    "1xx with a tag", "no early dialog is left", "2xx with an offer", "ACK leaves", "BYE leaves"};
inline constexpr std::array<std::string_view, 5> callee_step_names = {
    "1xx leaves", "", "2xx leaves", "ACK, or 64·T1 without", "BYE leaves"};

/// What each step is at that side; the end depends on what there is to end.
constexpr std::string_view name_of_step(const SessionTransition& row) {
    const bool uac = row.role == Role::uac;
    if (row.step != SessionStep::end)
        return named(uac ? caller_step_names : callee_step_names, row.step);
    if (row.state == State::terminating) return "BYE is answered";
    if (row.state > State::early) return "BYE comes";
    return uac ? "refused, or failed" : "refused, or CANCEL or BYE comes";
}
inline constexpr std::array<std::string_view, 10> exchange_state_names = {
    "Idle",   "OfferSent",   "OfferReceived",   "PreviewReceived",   "PreviewSent",
    "Agreed", "ReofferSent", "ReofferReceived", "RepreviewReceived", "RepreviewSent"};
inline constexpr std::array<std::string_view, 7> exchange_input_names = {
    "offer sent",          "offer received",     "answer sent", "answer received",
    "answer shown in 1xx", "answer seen in 1xx", "refused"};

template <class Row, std::size_t States, std::size_t Inputs>
void add_rows(StateDiagram& diagram, Rows<Row> rows,
              const std::array<std::string_view, States>& states,
              const std::array<std::string_view, Inputs>& inputs) {
    for (const Row& row : rows)
        diagram.add(named(states, row.state), named(states, row.next), named(inputs, row.input));
}

inline StateDiagram session_states(Role role) {
    const bool uac = role == Role::uac;
    StateDiagram diagram{uac ? "Session of the caller" : "Session of the callee", "Initial"};
    diagram.source = "RFC 3261 §12, §13, §15";
    for (const SessionTransition& row : session_transitions)
        if (row.role == role)
            diagram.add(named(session_state_names, row.state), named(session_state_names, row.next),
                        name_of_step(row));
    return diagram;
}

inline StateDiagram exchange_states() {
    StateDiagram diagram{"Offer and answer", "Idle"};
    diagram.source = "RFC 3264, RFC 6337";
    for (const OfferAnswer::Row& row : OfferAnswer::table)
        diagram.add(named(exchange_state_names, row.state), named(exchange_state_names, row.next),
                    named(exchange_input_names, row.input));
    return diagram;
}

/// What a 2xx makes of the session timer of the caller.
inline StateDiagram session_timer_states() {
    StateDiagram diagram{"Session timer after a 2xx", "Refreshed"};
    diagram.source = "RFC 4028 §7.2, §9";
    using Uac = UacRefresher;
    static constexpr std::array<std::string_view, 4> named_by = {
        "2xx without Session-Expires", "2xx without a refresher", "refresher=uac", "refresher=uas"};
    static constexpr std::array<std::string_view, 4> outcomes = {"NoTimer", "CallerRefreshes",
                                                                 "CalleeRefreshes", "CallerAlone"};
    for (const Uac::Row& row : Uac::table) {
        std::string what(named(named_by, row.named));
        if (row.asked != Uac::If::either)
            what += row.asked == Uac::If::yes ? " (asked for)" : " (not asked for)";
        if (row.uas_supports == Uac::If::no) what += " by a peer without timers";
        diagram.add("Refreshed", named(outcomes, row.outcome), what);
    }
    return diagram;
}

} // namespace detail

/// All of them, from the tables that run: four transactions, the session at either side, offer and
/// answer, and the session timer.
inline std::vector<StateDiagram> state_diagrams() {
    using namespace detail;
    std::vector<StateDiagram> all = {{"Client transaction of INVITE", "Initial"},
                                     {"Client transaction of any other request", "Initial"},
                                     {"Server transaction of INVITE", "Initial"},
                                     {"Server transaction of any other request", "Initial"}};
    add_rows(all[0], Rows<ClientRow>(client_invite_rows), client_state_names, client_input_names);
    add_rows(all[1], Rows<ClientRow>(client_non_invite_rows), client_state_names,
             client_input_names);
    add_rows(all[2], Rows<ServerRow>(server_invite_rows), server_state_names, server_input_names);
    add_rows(all[3], Rows<ServerRow>(server_non_invite_rows), server_state_names,
             server_input_names);
    for (StateDiagram& diagram : all)
        diagram.source = "RFC 3261 §17, RFC 6026";
    all.push_back(session_states(Role::uac));
    all.push_back(session_states(Role::uas));
    all.push_back(exchange_states());
    all.push_back(session_timer_states());
    return all;
}

/// For Markdown: a `mermaid` code block shows it. Mermaid ends a label at a colon or semicolon, so
/// those are written out.
inline std::string mermaid(const StateDiagram& diagram) {
    std::string text = "stateDiagram-v2\n    [*] --> " + diagram.first + "\n";
    for (const StateDiagram::Arrow& arrow : diagram.arrows) {
        text.append("    ").append(arrow.from).append(" --> ").append(arrow.to).append(" : ");
        for (const char c : arrow.what)
            c == ':' || c == ';' ? text.append(" –") : text.append(1, c);
        text += '\n';
    }
    return text;
}

/// For Graphviz.
inline std::string dot(const StateDiagram& diagram) {
    std::string text = "digraph \"" + diagram.title + "\" {\n    node [shape=box, style=rounded]\n"
                       + "    \"\" [shape=point]\n    \"\" -> " + diagram.first + "\n";
    for (const StateDiagram::Arrow& arrow : diagram.arrows)
        text.append("    ")
            .append(arrow.from)
            .append(" -> ")
            .append(arrow.to)
            .append(" [label=\"")
            .append(arrow.what)
            .append("\"]\n");
    return text + "}\n";
}

} // namespace offhook::trace

#endif
