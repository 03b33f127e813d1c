#ifndef ADAPTER_OSIP_GLUE_HPP
#define ADAPTER_OSIP_GLUE_HPP

// Sessions on libosip2's transactions: what comes goes to the calls, what the calls want sent goes
// to the transactions.

#include <chrono>
#include <cstdlib>
#include <utility>

#include "adapter/calls.hpp"
#include "adapter_osip/message.hpp"
#include "adapter_osip/stack.hpp"

class OsipCalls : public OsipStack {
    using Model = offhook::MessageModel<OsipMessage>;
    using Out = offhook::Outgoing<OsipMessage>;

public:
    using Session = offhook::Session<OsipMessage>;
    Calls<OsipMessage> calls;

    OsipCalls(offhook::net::UdpSocket socket, offhook::IncomingOptions incoming)
        : OsipStack(std::move(socket)), calls(std::move(incoming)) {}

    static offhook::TimePoint now() { return std::chrono::steady_clock::now(); }

    void run(offhook::Duration longest) {
        carry_out();
        const auto due = calls.poll_timeout();
        wait(due && *due - now() < longest ? *due - now() : longest);
        execute();
        calls.handle_timeout(now());
        carry_out();
    }

private:
    void received(const osip_message_t* message, int id) override {
        calls.receive(now(), OsipMessage(message), static_cast<offhook::TransactionId>(id));
    }
    void failed(const osip_message_t* request, bool timeout) override {
        calls.failed(now(), OsipMessage(request),
                     timeout ? offhook::Failure::timeout : offhook::Failure::transport);
    }
    bool comes_again(const osip_message_t* invite) override {
        return calls.comes_again(OsipMessage(invite));
    }

    void carry_out() {
        while (auto out = calls.poll_transmit()) {
            carry_out(*out);
            execute();
        }
    }
    void carry_out(Out& out) {
        switch (out.as) {
        case offhook::SendAs::request:
        case offhook::SendAs::cancel:
            Model::add(out.message, offhook::Header::via, via(out.branch));
            return start(out.message.release());
        case offhook::SendAs::ack: {
            Model::add(out.message, offhook::Header::via, via(out.branch));
            const osip_uri_t& uri = next_hop(*out.message.get(), out.next_hop);
            send(out.message.get(), uri.host, uri.port ? std::atoi(uri.port) : 5060);
            return;
        }
        case offhook::SendAs::response: return respond(out);
        case offhook::SendAs::abandon: return abandon(out.branch);
        }
    }
    void respond(Out& out) {
        const int id = static_cast<int>(out.transaction);
        if (lives(id)) return OsipStack::respond(id, out.message.release());
        // The session repeats its 2xx until the ACK comes; libosip2's transaction ends with the
        // first one.
        char* host = nullptr;
        int port = 0;
        osip_response_get_destination(out.message.get(), &host, &port);
        send(out.message.get(), host, port);
        osip_free(host);
    }
    static const osip_uri_t& next_hop(const osip_message_t& request, offhook::NextHop by) {
        const auto* const route = static_cast<osip_route_t*>(osip_list_get(&request.routes, 0));
        return *(by == offhook::NextHop::top_route && route ? route->url : request.req_uri);
    }
};

#endif
