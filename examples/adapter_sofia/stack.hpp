#ifndef ADAPTER_SOFIA_STACK_HPP
#define ADAPTER_SOFIA_STACK_HPP

// What an application on Sofia-SIP's nta has, whoever does its calls: an agent with its sockets and
// timers, and the transactions.

class SofiaStack;
#define NTA_AGENT_MAGIC_T SofiaStack
#define NTA_LEG_MAGIC_T SofiaStack
#define NTA_INCOMING_MAGIC_T SofiaStack
#define NTA_OUTGOING_MAGIC_T SofiaStack

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_wait.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

class SofiaStack {
public:
    explicit SofiaStack(const std::string& uri) {
        su_init();
        root_ = su_root_create(nullptr);
        // As no user agent: that one answers PRACKs and ends forks by itself.
        agent_ = nta_agent_create(root_, URL_STRING_MAKE(uri.c_str()), on_new, this, NTATAG_UA(0),
                                  NTATAG_CANCEL_487(0), TAG_END());
    }
    SofiaStack(const SofiaStack&) = delete;
    virtual ~SofiaStack() {
        nta_agent_destroy(agent_);
        su_root_destroy(root_);
        su_deinit();
    }

    /// False where its address is taken.
    explicit operator bool() const { return agent_ != nullptr; }

protected:
    /// `message` is the callee's to destroy; `id` names the server transaction of a request, 0: it
    /// has none.
    virtual void received(msg_t* message, std::uint64_t id) = 0;
    /// Of an INVITE for which there is no transaction.
    virtual bool comes_again(msg_t* invite) = 0;

    /// These take the message over.
    void start(msg_t* request, const std::string& branch) {
        const bool invite = sip_object(request)->sip_request->rq_method == sip_method_invite;
        nta_outgoing_t* const transaction =
            nta_outgoing_mcreate(agent_, on_response, this, nullptr, request,
                                 NTATAG_BRANCH_KEY(branch.c_str()), TAG_END());
        if (transaction && invite) invites_[branch] = transaction;
    }
    void respond(std::uint64_t id, msg_t* response) {
        if (id == 0) return msg_destroy(response); // nta itself has answered the CANCEL
        const auto at = incoming_.find(id);
        if (at == incoming_.end()) return send(response);
        nta_incoming_t* const transaction = at->second;
        const bool ends = sip_object(response)->sip_status->st_status >= 200;
        if (ends) incoming_.erase(at);
        nta_incoming_mreply(transaction, response);
        if (ends) nta_incoming_destroy(transaction); // nta goes on with what is left of it
    }
    // Past the transactions, as a proxy does: by the Via below ours.
    void send(msg_t* response) {
        const auto* const ours = reinterpret_cast<const sip_header_t*>(nta_agent_via(agent_));
        sip_add_dup(response, sip_object(response), ours);
        sip_complete_message(response);
        nta_msg_tsend(agent_, response, nullptr, TAG_END());
    }
    void send(msg_t* request, const std::string& branch) {
        nta_msg_tsend(agent_, request, nullptr, NTATAG_BRANCH_KEY(branch.c_str()), TAG_END());
    }
    void abandon(const std::string& branch) {
        if (const auto invite = invites_.extract(branch)) nta_outgoing_destroy(invite.mapped());
    }

    /// Waits for messages and for nta's timers, as long as it is told.
    void wait(std::chrono::nanoseconds longest) {
        const auto limit = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
        su_root_step(root_, limit > 0 ? static_cast<su_duration_t>(limit) : 0);
    }

private:
    // What belongs to no transaction: a new request, the ACK of a 2xx, a 2xx that comes again.
    static int on_new(SofiaStack* self, nta_agent_t* agent, msg_t* message, sip_t* sip) {
        const sip_method_t method =
            sip->sip_request ? sip->sip_request->rq_method : sip_method_invalid;
        if (method == sip_method_invite && self->comes_again(message)) {
            msg_destroy(message);
        } else if (method == sip_method_invalid || method == sip_method_ack) {
            self->received(message, 0);
        } else {
            nta_incoming_t* const transaction =
                nta_incoming_create(agent, nullptr, message, sip, TAG_END());
            if (!transaction) return 0;
            const auto id = ++self->last_;
            self->incoming_.emplace(id, transaction);
            nta_incoming_bind(transaction, on_cancel, self);
            self->received(nta_incoming_getrequest(transaction), id);
        }
        return 0;
    }
    // Of an INVITE that we have.
    static int on_cancel(SofiaStack* self, nta_incoming_t* transaction, const sip_t* sip) {
        if (sip && sip->sip_request->rq_method == sip_method_cancel)
            self->received(nta_incoming_getrequest_ackcancel(transaction), 0);
        return 0;
    }
    // nta's own 408 and 503 come here too.
    static int on_response(SofiaStack* self, nta_outgoing_t* transaction, const sip_t* sip) {
        self->received(nta_outgoing_getresponse(transaction), 0);
        if (sip->sip_status->st_status < 200) return 0;
        std::erase_if(self->invites_, [&](const auto& each) { return each.second == transaction; });
        nta_outgoing_destroy(transaction);
        return 0;
    }

    su_root_t* root_ = nullptr;
    nta_agent_t* agent_ = nullptr;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, nta_incoming_t*> incoming_;
    std::map<std::string, nta_outgoing_t*> invites_; // by branch
};

#endif
