#ifndef OFFHOOK_EXAMPLES_UA_AGENT_HPP
#define OFFHOOK_EXAMPLES_UA_AGENT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "history.hpp"
#include "json.hpp"
#include "offhook/auth/digest_server.hpp"
#include "offhook/net/loop.hpp"
#include "offhook/offhook.hpp"
#include "offhook/trace/recorder.hpp"
#include "options.hpp"
#include "pictures.hpp"
#include "sdp.hpp"

namespace ua {

using namespace offhook;

/// One of the calls that the agent has or had.
struct Call {
    SessionId session = {};
    bool incoming = false;
    Sdp sdp = {};
    Body offer = {};                    ///< of the peer, waits for our answer
    bool late = false;                  ///< our INVITE has no offer
    std::string direction = "sendrecv"; ///< of what we offer: hold is "sendonly"
    UsageId referred_by = 0;            ///< of the peer's REFER, while it wants to hear of it
    int on_behalf_of = 0;               ///< the call whose peer has sent us here
    bool confirmed = false;
    bool over = false;
};

/// What the registrar knows of us.
struct Registration {
    RequestId request = {};         ///< of the REGISTER that is under way
    std::string call_id = {};       ///< of all that has been answered so far
    std::uint32_t cseq = 0;         ///< of the last of these
    std::chrono::seconds expires{}; ///< what it is asked for
    std::uint64_t due = 0;          ///< which refresh counts: one more makes those before it void
    bool registered = false;
};

/// A SIP user agent without media: commands come in, events go out as JSON lines.
class Agent {
public:
    /// Opens the sockets. Throws std::system_error.
    explicit Agent(Options options);

    /// Until there is nothing left to do; the exit status.
    int run();

    /// The commands that there are, one a line.
    static std::string command_help();

    // What net::Loop shows of the bytes that pass.
    void received(TimePoint now, const Flow& flow, std::string_view bytes);
    void sent(TimePoint now, const Flow& flow, std::string_view bytes);
    void closed(const Flow& flow);

private:
    using Words = std::span<const std::string>;
    struct Command;
    static const Command all_commands[];

    // What is awaited before the next command is read.
    struct Wait {
        std::string event;
        int call;
        TimePoint until;
    };

    static TimePoint now() { return net::Loop::now(); }

    // ua.cpp
    void announce();
    void settle();
    bool idle() const;
    bool drained() const;
    void quit(std::string_view why, int status);
    int leave();
    Duration patience() const;
    std::size_t live_calls() const { return numbers_.size(); }
    void later(Duration delay, std::function<void()> task);
    void emit(std::string_view event, int call, const Json& members = {});
    void note(std::string_view text);

    // events.hpp
    void on(const event::Incoming& e);
    void on(const event::Ringing& e);
    void on(const event::Offer& e);
    void on(const event::Answer& e);
    void on(const event::Answered& e);
    void on(const event::Confirmed& e);
    void on(const event::Reinvited& e);
    void on(const event::Updated& e);
    void on(const event::Acknowledged& e);
    void on(const event::Modified& e);
    void on(const event::RolledBack& e);
    void on(const event::Refreshed& e);
    void on(const event::Requested& e);
    void on(const event::Responded& e);
    void on(const event::Referred& e);
    void on(const event::Notified& e);
    void on(const event::UsageEnded& e);
    void on(const event::Challenged& e);
    void on(const event::Redirected& e);
    void on(const event::Rejected& e);
    void on(const event::Cancelled& e);
    void on(const event::AckTimeout& e);
    void on(const event::Terminated& e);
    void on(const event::Response& e);
    void on(const event::RequestFailed& e);
    void on(const event::Resolve& e);
    void on(const event::StreamBroken& e);
    void on(const event::Request& e);
    /// Those of what it does not do: subscriptions, other policies for forks.
    template <class Other>
    void on(const Other&) {}
    int number_of(SessionId session) const;
    bool admit(const event::Incoming& e);

    // commands.hpp
    void read_commands();
    bool obey();
    void execute(const std::string& line);
    static void expect(Words words, std::size_t least, std::size_t most);
    void call(int number, Words words);
    void ring(int number, Words words);
    void answer(int number, Words words);
    void reject(int number, Words words);
    void redirect(int number, Words words);
    void cancel(int number, Words words);
    void bye(int number, Words words);
    void hang_up(int number, Words words);
    void ask_options(int number, Words words);
    void reinvite(int number, Words words);
    void update(int number, Words words);
    void info(int number, Words words);
    void message(int number, Words words);
    void prack_offer(int number, Words words);
    void refer(int number, Words words);
    void refer_replace(int number, Words words);
    void notify(int number, Words words);
    void state(int number, Words words);
    void wait(int number, Words words);
    void quit(int number, Words words);

    // registration.hpp
    void enlist();
    void send_register();
    void renew_after(Duration delay);
    void delist();
    void on_register_response(const event::Response& e);
    void registration_failed(int status, std::string_view why);

    // calls.hpp
    int add(Call call);
    Call* find(int number);
    Sdp new_sdp(const Address& local, const Address& remote) const;
    Endpoint::SessionRef session(int number);
    int place_call(const std::string& target, bool late_offer, InviteOptions invite = {});
    void transfer(int number, const std::string& target);
    void report(int number, int status);
    void tell_referrer(int number, int status);
    void ring_with(int number, int status, bool with_answer, bool reliably);
    std::string answer_to(int number, const Body& offer);
    void acknowledge(int number, const MessageOptions& options);
    void answer_with(int number, int status, const std::string& contact);
    template <class F>
    bool act(int number, F&& operation);

    const Options options_;
    const TimePoint start_ = now();
    net::Loop loop_;
    Endpoint endpoint_;
    TimePoint last_datagram_{};
    std::optional<trace::Recorder> recorder_;
    Pictures pictures_;

    std::map<int, Call> calls_; ///< that live, and the last ones that do not
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> numbers_;
    std::deque<int> past_;
    int newest_ = 0;
    std::uint64_t ended_ = 0;
    std::uint64_t confirmed_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t refused_ = 0;

    std::multimap<TimePoint, std::function<void()>> agenda_;
    std::string input_;
    bool input_ended_ = false;
    std::deque<std::string> commands_;
    std::optional<Wait> wait_;
    History history_;

    Registration registration_;
    std::optional<DigestServer> guard_; ///< with --require-auth
    bool prack_offers_ = false;
    bool quitting_ = false;
    bool given_up_ = false;
    std::string why_;
    int status_ = 0;
};

} // namespace ua

#endif
