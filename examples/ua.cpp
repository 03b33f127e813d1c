// A SIP user agent without media: commands on standard input, events as JSON lines on standard
// output, and the calls drawn on standard error. It shows how an application drives the library;
// all protocol logic is the library's.
//
//     printf 'call sip:bob@127.0.0.1:5070\nwait confirmed 5\nbye\nwait terminated 5\nquit\n' | ua

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "offhook/core/system_random.hpp"
#include "offhook/net/address.hpp"
#include "ua/agent.hpp"
#include "ua/commands.hpp"
#include "ua/events.hpp"
#include "ua/registration.hpp"

namespace ua {
namespace {

using namespace std::chrono_literals;

constexpr Duration drain_time = 5s;     // for what is under way when the agent is to quit
constexpr Duration quiet_time = 1200ms; // until then the peer may repeat what it got no answer to

volatile std::sig_atomic_t signals = 0;

void on_signal(int) {
    signals = signals + 1;
}

/// Where one was closed by the caller, a socket would get its number.
void open_standard_streams() {
    int fd = 0;
    do
        fd = ::open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) ::close(fd);
}

/// Opens the sockets, and tells the endpoint of them.
EndpointConfig configure(const Options& options, net::Loop& loop) {
    EndpointConfig config;
    for (const auto& [transport, address] : options.listen) {
        Listener listener{transport, loop.listen(transport, address), {}};
        if (net::is_wildcard(address)) {
            // What peers are told has to be one address: that of the way out. Nothing is sent.
            const auto outside =
                Address::parse(address.v6 ? "2001:db8::1" : "192.0.2.1", 9).value_or(address);
            const Address own = net::source_address(outside).value_or(address);
            listener.host = own.v6 ? "[" + own.host() + "]" : own.host();
        }
        config.listeners.push_back(std::move(listener));
    }
    config.identity = options.identity.empty()
                          ? "<sip:ua@" + config.listeners.front().sent_by() + ">"
                          : options.identity;
    config.route = options.route;
    config.user_agent = "offhook-ua";
    config.methods = {"INFO", "MESSAGE", "REFER", "NOTIFY"};
    config.content_types = {"application/sdp", "text/plain", "message/sipfrag"};
    config.features = features_of(options, Role::uas);
    if (!options.realm.empty())
        config.accounts.set({options.realm, options.user, options.password});
    return config;
}

} // namespace

Agent::Agent(Options options)
    : options_(std::move(options)), endpoint_(configure(options_, loop_), system_seed()),
      pictures_(options_.ladder, options_.pcap, options_.quiet) {
    static constexpr std::size_t most = 1000; // messages in a ladder
    if (pictures_.wanted()) recorder_.emplace(most);
    if (options_.require_auth.empty()) return;
    DigestServerOptions realm;
    realm.realm = "offhook-ua";
    const Seed seed = system_seed();
    guard_.emplace(std::move(realm), Random(seed).key());
}

int Agent::run() {
    announce();
    if (!options_.registrar.empty()) enlist();
    if (!options_.call.empty()) (void)place_call(options_.call, options_.late_offer);
    if (options_.timeout) later(*options_.timeout, [this] { quit("timeout", 3); });
    loop_.watch(STDIN_FILENO);
    for (;;) {
        settle();
        if (recorder_) pictures_.show(*recorder_);
        if (signals > 0) quit("signal", 0);
        if (!std::cout) quit("standard output is closed", 1);
        if (options_.calls != 0 && ended_ >= options_.calls) quit("calls", 0);
        if (idle()) quit("nothing left to do", 0);
        if (signals > 1 || (quitting_ && drained())) return leave();
        loop_.run_once(endpoint_, patience(), *this);
        if (loop_.readable(STDIN_FILENO)) read_commands();
    }
}

void Agent::announce() {
    const std::string_view identity = uri_of(endpoint_.config().identity);
    const auto uri = Uri::parse(identity);
    for (const Listener& listener : endpoint_.config().listeners) {
        if (recorder_) recorder_->name(listener.address, uri ? uri->user : "ua");
        emit("listening", 0,
             Json()
                 .add("transport", via_name(listener.transport))
                 .add("address", listener.address.to_string())
                 .add("identity", identity));
    }
}

/// Sees to all that has happened, is due, or was commanded; what that brings forth included.
void Agent::settle() {
    for (;;) {
        if (const auto happened = endpoint_.poll_event()) {
            std::visit([&](const auto& e) { on(e); }, *happened);
        } else if (!agenda_.empty() && agenda_.begin()->first <= now()) {
            const auto task = agenda_.extract(agenda_.begin());
            task.mapped()();
        } else if (!obey()) {
            return;
        }
    }
}

void Agent::later(Duration delay, std::function<void()> task) {
    agenda_.emplace(now() + delay, std::move(task));
}

/// How long it may wait for something to come.
Duration Agent::patience() const {
    Duration longest = quitting_ ? 20ms : 500ms; // a signal may come just before the wait
    if (!agenda_.empty()) longest = std::min(longest, agenda_.begin()->first - now());
    if (wait_) longest = std::min(longest, wait_->until - now());
    return std::max(longest, Duration::zero());
}

/// No command can come any more, nothing lives, and no option promises that something will.
bool Agent::idle() const {
    const bool serves = options_.answer != 0 || options_.ring != 0 || options_.calls != 0;
    const bool expects = options_.timeout && newest_ == 0;
    return input_ended_ && commands_.empty() && !wait_ && live_calls() == 0
           && endpoint_.counts().requests == 0 && !serves && !expects;
}

/// Ends all calls; the agent leaves once that is through.
void Agent::quit(std::string_view why, int status) {
    if (quitting_) return;
    quitting_ = true;
    why_ = why;
    status_ = status;
    commands_.clear();
    wait_.reset();
    for (const auto& [session, number] : numbers_)
        endpoint_.session({session.first, session.second}).hang_up(now(), {}, 480);
    delist();
    later(drain_time, [this] { given_up_ = true; });
}

bool Agent::drained() const {
    if (given_up_) return true;
    const auto counts = endpoint_.counts();
    if (live_calls() != 0 || counts.requests != 0) return false;
    return counts.server_transactions == 0 || now() - last_datagram_ > quiet_time;
}

int Agent::leave() {
    loop_.run_once(endpoint_, Duration::zero(), *this);
    if (live_calls() != 0) {
        emit(
            "error", 0,
            Json().add("message", std::to_string(live_calls()) + " calls have not come to an end"));
    }
    if (recorder_) pictures_.show(*recorder_);
    if (const auto lost = recorder_ ? pictures_.save(*recorder_) : ""; !lost.empty()) {
        emit("error", 0, Json().add("message", "cannot write " + lost));
        if (status_ == 0) status_ = 1;
    }
    if (status_ == 0 && (failed_ != 0 || live_calls() != 0)) status_ = 1;
    emit("ended", 0,
         Json()
             .add("why", why_)
             .add("calls", newest_)
             .add("confirmed", confirmed_)
             .add("ended", ended_)
             .add("failed", failed_)
             .add("refused", refused_)
             .add("status", status_));
    return status_;
}

void Agent::emit(std::string_view event, int call, const Json& members) {
    const double seconds = std::chrono::duration<double>(now() - start_).count();
    char t[32];
    std::snprintf(t, sizeof t, "%.3f", seconds);
    Json line;
    line.add_raw("t", t).add("event", event);
    if (call != 0) line.add("call", call);
    std::cout << line.add_all(members).text() << std::endl;
    history_.happened(event, call);
}

void Agent::note(std::string_view text) {
    if (recorder_) recorder_->note(now(), endpoint_.config().listeners.front().address, text);
}

void Agent::received(TimePoint at, const Flow& flow, std::string_view bytes) {
    if (flow.transport == Transport::udp) last_datagram_ = at;
    if (recorder_) recorder_->received(at, flow, bytes);
}

void Agent::sent(TimePoint at, const Flow& flow, std::string_view bytes) {
    if (recorder_) recorder_->sent(at, flow, bytes);
}

void Agent::closed(const Flow& flow) {
    if (recorder_) recorder_->closed(flow);
}

namespace {

std::string help() {
    std::string text = "ua [options]\n";
    for (const Option& option : all_options) {
        if (!option.set) continue;
        std::string left = "  " + std::string(option.name) + " " + std::string(option.argument);
        if (left.size() > 28) left += "\n";
        left.resize(left.size() > 28 ? left.size() + 30 : 30, ' ');
        text.append(left).append(option.help) += '\n';
    }
    return text
           + "\nCommands on standard input, one a line; a number before one picks the call, "
             "else it is the newest:\n"
           + Agent::command_help()
           + "\nwait holds the next command until EVENT has come (of any call, unless one is "
             "picked), 30 s\n"
             "where SECONDS are not given; where it does not come, the agent quits with status 1. "
             "What came\n"
             "since the last other command counts too, and of the newest call, or the picked one, "
             "each of\n"
             "incoming, answered, confirmed, redirected, rejected, cancelled and terminated, "
             "whenever it\n"
             "came. An event ends one wait only.\n"
             "\nOnce standard input has ended the agent goes on until --calls or --timeout, or as "
             "long as\n"
             "there are calls, or it answers by itself. Exit status: 0 as asked; 1 a call failed "
             "or "
             "a wait\n"
             "ran out; 2 bad option or command; 3 --timeout.\n";
}

} // namespace
} // namespace ua

int main(int argc, char** argv) {
    try {
        const ua::Options options =
            ua::parse_options({argv + 1, static_cast<std::size_t>(std::max(argc, 1) - 1)});
        if (options.help) {
            std::cout << ua::help();
            return 0;
        }
        ua::open_standard_streams();
        std::signal(SIGINT, ua::on_signal);
        std::signal(SIGTERM, ua::on_signal);
        std::signal(SIGPIPE, SIG_IGN);
        return ua::Agent(options).run();
    } catch (const std::exception& error) { // BadUsage, or an address that can't be listened on
        std::cerr << "ua: " << error.what() << "\n";
        return 2;
    }
}
