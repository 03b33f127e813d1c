#ifndef ADAPTER_OSIP_STACK_HPP
#define ADAPTER_OSIP_STACK_HPP

// What an application on libosip2 has, whoever does its calls: a socket, and the transactions.

#include <osip2/osip.h>
#include <poll.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/net/udp_socket.hpp"

class OsipStack {
public:
    explicit OsipStack(offhook::net::UdpSocket socket) : socket_(std::move(socket)) {
        osip_init(&osip_);
        osip_set_cb_send_message(osip_, on_send);
        on(OSIP_ICT_STATUS_1XX_RECEIVED, OSIP_ICT_STATUS_6XX_RECEIVED, on_message);
        on(OSIP_NICT_STATUS_1XX_RECEIVED, OSIP_NICT_STATUS_6XX_RECEIVED, on_message);
        on(OSIP_IST_INVITE_RECEIVED, OSIP_IST_INVITE_RECEIVED, on_message);
        on(OSIP_NIST_REGISTER_RECEIVED, OSIP_NIST_UNKNOWN_REQUEST_RECEIVED, on_message);
        on(OSIP_ICT_STATUS_TIMEOUT, OSIP_NICT_STATUS_TIMEOUT, on_timeout);
        osip_set_transport_error_callback(osip_, OSIP_ICT_TRANSPORT_ERROR, on_transport_error);
        osip_set_transport_error_callback(osip_, OSIP_NICT_TRANSPORT_ERROR, on_transport_error);
        for (int type = 0; type != OSIP_KILL_CALLBACK_COUNT; ++type)
            osip_set_kill_transaction_callback(osip_, type, on_end);
    }
    OsipStack(const OsipStack&) = delete;
    virtual ~OsipStack() {
        while (!transactions_.empty())
            on_end(0, transactions_.begin()->second);
        free_ended();
        osip_release(osip_);
    }

protected:
    /// `id` names the server transaction of a request; 0: the message has none.
    virtual void received(const osip_message_t* message, int id) = 0;
    virtual void failed(const osip_message_t* request, bool timeout) = 0;
    /// Of an INVITE for which there is no transaction.
    virtual bool comes_again(const osip_message_t* invite) = 0;

    /// Takes the message over, as the transactions of libosip2 do; a request has its Via.
    void start(osip_message_t* request) { start(osip_new_outgoing_sipmessage(request)); }
    /// The transaction of an INVITE ends with the first 2xx.
    bool lives(int id) const { return transactions_.contains(id); }
    /// Takes the message over, as start() does.
    void respond(int id, osip_message_t* response) {
        osip_transaction_add_event(transactions_.at(id), osip_new_outgoing_sipmessage(response));
    }
    /// Only to addresses: names would want a resolver.
    int send(osip_message_t* message, const char* host, int port) {
        if (!host) return -1;
        const auto to = offhook::Address::parse(host, static_cast<std::uint16_t>(port));
        char* text = nullptr;
        std::size_t length = 0;
        if (!to || osip_message_to_str(message, &text, &length) != OSIP_SUCCESS) return -1;
        const auto error = socket_.send(socket_.local(), *to, {text, length});
        osip_free(text);
        return error ? -1 : 0;
    }
    void abandon(std::string_view branch) {
        for (const auto& [id, transaction] : transactions_) {
            osip_generic_param_t* its = nullptr;
            osip_via_param_get_byname(transaction->topvia, const_cast<char*>("branch"), &its);
            if (transaction->ctx_type == ICT && its && its->gvalue == branch)
                return on_end(0, transaction);
        }
    }
    std::string via(const std::string& branch) const {
        return "SIP/2.0/UDP " + socket_.local().to_string() + ";rport;branch=" + branch;
    }

    /// Runs the transactions as far as they go without waiting.
    void execute() {
        osip_timers_ict_execute(osip_);
        osip_timers_ist_execute(osip_);
        osip_timers_nict_execute(osip_);
        osip_timers_nist_execute(osip_);
        osip_ict_execute(osip_);
        osip_ist_execute(osip_);
        osip_nict_execute(osip_);
        osip_nist_execute(osip_);
        free_ended();
    }
    /// Waits for a datagram, for libosip2's next timer, or as long as it is told.
    void wait(std::chrono::nanoseconds longest) {
        using namespace std::chrono;
        ::timeval due{};
        osip_timers_gettimeout(osip_, &due);
        const auto timer = ceil<milliseconds>(seconds(due.tv_sec) + microseconds(due.tv_usec));
        const auto limit = ceil<milliseconds>(longest);
        ::pollfd ready{socket_.fd(), POLLIN, 0};
        ::poll(&ready, 1, static_cast<int>((timer < limit ? timer : limit).count()));
        char buffer[65536];
        while (const auto datagram = socket_.receive(buffer))
            receive(datagram->bytes, datagram->remote);
    }

private:
    void receive(std::string_view bytes, const offhook::Address& from) {
        osip_event_t* const event = osip_parse(bytes.data(), bytes.size());
        if (!event) return;
        if (EVT_IS_INCOMINGREQ(event))
            osip_message_fix_last_via_header(event->sip, from.host().c_str(), from.port);
        if (osip_find_transaction_and_add_event(osip_, event) == OSIP_SUCCESS) return;
        const bool again = EVT_IS_RCV_INVITE(event) && comes_again(event->sip);
        if (!again && (EVT_IS_RCV_INVITE(event) || EVT_IS_RCV_REQUEST(event))) return start(event);
        if (!again) received(event->sip, 0); // the ACK of a 2xx, or a 2xx that comes again
        osip_event_free(event);
    }
    void start(osip_event_t* event) {
        osip_transaction_t* const transaction = osip_create_transaction(osip_, event);
        if (!transaction) return osip_event_free(event);
        osip_transaction_set_your_instance(transaction, this);
        transactions_.emplace(transaction->transactionid, transaction);
        osip_transaction_add_event(transaction, event);
    }
    void on(int first, int last, osip_message_cb_t callback) {
        for (int type = first; type <= last; ++type)
            osip_set_message_callback(osip_, type, callback);
    }
    void free_ended() {
        for (osip_transaction_t* const transaction : std::exchange(ended_, {}))
            osip_transaction_free2(transaction);
    }

    static OsipStack& of(osip_transaction_t* t) {
        return *static_cast<OsipStack*>(osip_transaction_get_your_instance(t));
    }
    static int on_send(osip_transaction_t* t, osip_message_t* m, char* host, int port, int) {
        return of(t).send(m, host, port);
    }
    static void on_message(int, osip_transaction_t* t, osip_message_t* m) {
        of(t).received(m, t->transactionid);
    }
    static void on_timeout(int, osip_transaction_t* t, osip_message_t*) {
        of(t).failed(t->orig_request, true);
    }
    static void on_transport_error(int, osip_transaction_t* t, int) {
        of(t).failed(t->orig_request, false);
    }
    static void on_end(int, osip_transaction_t* t) { // freed later: who calls may still use it
        osip_remove_transaction(of(t).osip_, t);
        of(t).transactions_.erase(t->transactionid);
        of(t).ended_.push_back(t);
    }

    osip_t* osip_ = nullptr;
    offhook::net::UdpSocket socket_;
    std::map<int, osip_transaction_t*> transactions_;
    std::vector<osip_transaction_t*> ended_;
};

#endif
