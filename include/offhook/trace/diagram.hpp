#ifndef OFFHOOK_TRACE_DIAGRAM_HPP
#define OFFHOOK_TRACE_DIAGRAM_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/digest_map.hpp"
#include "offhook/core/siphash.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/message.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::trace {

/// What a sequence diagram says of a trace, however it is drawn: who takes part, and what passes
/// between them, in its order.
class Diagram {
public:
    /// Who sends and receives: an address, or all that go by one name.
    struct Participant {
        std::string title;              ///< the name, or the address
        std::vector<Address> addresses; ///< in the order in which they appeared
        bool named = false;             ///< whether Recorder::name() has told the name

        /// The address below a name; "" where the title is the address.
        std::string subtitle() const {
            if (!named) return {};
            const std::string more = " +" + std::to_string(addresses.size() - 1);
            return addresses.front().to_string() + (addresses.size() > 1 ? more : "");
        }
    };

    /// What a step is: a message by its start-line, `other` where that cannot be read, or a note.
    enum class Sort : std::uint8_t { request, provisional, success, failure, other, note };

    /// One message or one note.
    struct Step {
        std::size_t record;    ///< in Recorder::records()
        TimePoint time;        ///< as recorded
        Sort sort;             ///< a request, a response by its class …
        std::size_t from;      ///< in participants()
        std::size_t to;        ///< the same as `from`: a note, or a message to oneself
        std::string title;     ///< "INVITE", "180 Ringing"; the text of a note
        std::string detail;    ///< "1 · sdp", "1 INVITE"
        bool lost = false;     ///< it is known never to arrive
        bool repeated = false; ///< the same bytes went the same way before

        /// Title and detail: "INVITE · 1 · sdp".
        std::string label() const { return detail.empty() ? title : title + " · " + detail; }
    };

    /// Of one call alone, or for "" of all there is.
    explicit Diagram(std::string_view call_id = {}) : call_id_(call_id) {}

    /// Takes in what has been recorded since it was last called, always of the same recorder.
    void read(const Recorder& recorder) {
        const std::vector<Record>& records = recorder.records();
        for (; read_ < records.size(); ++read_)
            read(recorder, records[read_]);
    }

    /// In the order in which they appeared.
    const std::vector<Participant>& participants() const noexcept { return participants_; }
    /// In the order in which they were recorded.
    const std::vector<Step>& steps() const noexcept { return steps_; }

    /// Seconds since the first step, cut to milliseconds: "0.500".
    std::string clock(const Step& step) const {
        const auto since =
            std::chrono::duration_cast<std::chrono::milliseconds>(step.time - steps_.front().time);
        const auto count = since.count() < 0 ? 0 : static_cast<std::uint64_t>(since.count());
        const std::string rest = std::to_string(count % 1000);
        return std::to_string(count / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
    }

    /// Did nothing happen for a second or more before that step?
    bool pause_before(std::size_t step) const {
        return step > 0 && steps_[step].time - steps_[step - 1].time >= std::chrono::seconds(1);
    }

private:
    void read(const Recorder& recorder, const Record& record) {
        Step step{read_, record.time, Sort::note, 0, 0, record.text, {}};
        step.lost = record.kind == Record::Kind::lost;
        if (record.kind != Record::Kind::note) {
            const auto message = Message::parse(record.text);
            if (!call_id_.empty() && (!message || message->header(Header::call_id) != call_id_))
                return;
            if (message) {
                describe(step, *message);
            } else {
                const std::string_view line =
                    std::string_view(record.text).substr(0, record.text.find_first_of("\r\n"));
                step.sort = Sort::other;
                step.title = line.empty() ? "keep-alive" : "unreadable: " + std::string(line);
            }
            // One keep-alive is like the other, and none is sent for want of an answer.
            const bool keep_alive = record.text.find_first_not_of("\r\n") == std::string::npos;
            step.repeated = !keep_alive && !seen_.insert(digest_of(record), 0);
        }
        step.from = participant(recorder, record.from);
        step.to = participant(recorder, record.to);
        steps_.push_back(std::move(step));
    }

    static void describe(Step& step, const Message& message) {
        const int status = message.is_request() ? 0 : message.status();
        step.sort = status == 0    ? Sort::request
                    : status < 200 ? Sort::provisional
                    : status < 300 ? Sort::success
                                   : Sort::failure;
        step.title = status == 0
                         ? std::string(message.method())
                         : std::to_string(status) + " " + std::string(message.reason_phrase());
        if (const auto value = message.header(Header::cseq)) {
            if (const auto cseq = CSeq::parse(*value)) {
                step.detail = std::to_string(cseq->number);
                if (status != 0) step.detail += " " + std::string(cseq->method);
            }
        }
        if (const auto type = message.header(Header::content_type);
            type && !message.body().empty()) {
            const std::string_view whole = type->substr(0, type->find_first_of("; \t"));
            if (!step.detail.empty()) step.detail += " · ";
            step.detail += whole.substr(whole.find('/') + 1);
        }
    }

    // A retransmission is the same bytes on the same way again. RFC 3261 §17
    static Digest digest_of(const Record& record) {
        return siphash128({}, record.from.to_string() + " " + record.to.to_string() + " "
                                  + record.text);
    }

    std::size_t participant(const Recorder& recorder, const Address& address) {
        const std::string_view name = recorder.name_of(address);
        const std::string title = name.empty() ? address.to_string() : std::string(name);
        std::size_t i = 0;
        while (i < participants_.size() && participants_[i].title != title)
            ++i;
        if (i == participants_.size()) participants_.push_back({title, {}, !name.empty()});
        std::vector<Address>& known = participants_[i].addresses;
        for (const Address& each : known)
            if (each == address) return i;
        known.push_back(address);
        return i;
    }

    std::string call_id_;
    std::size_t read_ = 0;
    std::vector<Participant> participants_;
    std::vector<Step> steps_;
    DigestMap<char> seen_;
};

} // namespace offhook::trace

#endif
