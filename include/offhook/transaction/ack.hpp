#ifndef OFFHOOK_TRANSACTION_ACK_HPP
#define OFFHOOK_TRANSACTION_ACK_HPP

#include <string>

#include "offhook/message/cseq.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/message.hpp"

namespace offhook {

/// The ACK of a final response other than 2xx, which belongs to the INVITE's own transaction and
/// takes the INVITE's way. RFC 3261 §17.1.1.3
inline Message build_ack(const Message& invite, const Message& response) {
    Message ack = Message::request("ACK", invite.request_uri());
    ack.add(Header::via, ListRange(invite.header(Header::via).value_or("")).first());
    ack.add(Header::max_forwards, "70");
    for (const Message::Field field : invite.fields()) {
        if (field.id == Header::route) ack.add(Header::route, field.value);
    }
    ack.add(Header::from, invite.header(Header::from).value_or(""));
    ack.add(Header::to, response.header(Header::to).value_or(""));
    ack.add(Header::call_id, invite.header(Header::call_id).value_or(""));
    if (const auto cseq = CSeq::parse(invite.header(Header::cseq).value_or(""))) {
        ack.add(Header::cseq, std::to_string(cseq->number) + " ACK");
    }
    return ack;
}

} // namespace offhook

#endif
