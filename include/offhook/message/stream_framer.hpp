#ifndef OFFHOOK_MESSAGE_STREAM_FRAMER_HPP
#define OFFHOOK_MESSAGE_STREAM_FRAMER_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/extremes.hpp"
#include "offhook/core/limits.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/content_length.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/protocol_fault.hpp"

namespace offhook {

/// What a StreamFramer found next in the stream.
struct StreamItem {
    /// What was found.
    enum class Kind : std::uint8_t {
        need_more, ///< nothing that is whole
        message,   ///< one message, from its start-line to the end of its body
        ping,      ///< CRLF CRLF, to be answered with CRLF. RFC 5626 §4.4.1
        fault,     ///< where the next message begins cannot be known: answer, and close
    };
    Kind kind = Kind::need_more; ///< and so which of the others count
    /// The message, or what there is of the header that has the fault: see salvage(). Valid until
    /// the next feed().
    std::string_view bytes = {};
    ProtocolFault fault = {}; ///< what to answer; of a `fault` alone
};

/// Cuts a stream into messages, by Content-Length, which a stream must have. The work grows with
/// the bytes alone, however they are split; of an unfinished message no more is kept than Limits
/// allow.
///
///     framer.feed(bytes);
///     for (StreamItem item; (item = framer.next()).kind != StreamItem::Kind::need_more;) …
///
/// RFC 3261 §7.5, §18.3
class StreamFramer {
public:
    /// Takes messages of up to the smaller of message_bytes and stream_pending_bytes.
    explicit StreamFramer(const Limits& limits = {})
        : most_(lesser(limits.message_bytes, limits.stream_pending_bytes)) {}

    /// What came on the connection. Passed over once there was a fault.
    void feed(std::string_view bytes) {
        if (faulted_) return;
        pending_.erase(0, begin_);
        scanned_ -= begin_;
        begin_ = 0;
        pending_.append(bytes);
    }

    /// To be called until it needs more; after a fault it does so for ever.
    StreamItem next() {
        if (faulted_) return {};
        if (header_size_ == 0) {
            if (skip_crlfs()) return {StreamItem::Kind::ping};
            const bool found = find_empty_line();
            if (greater(header_size_, found ? 0 : pending()) > most_)
                return fail({413, "SIP-message: size", most_, "Request Entity Too Large"}, most_);
            if (!found) return {};
            if (const ProtocolFault fault = read_content_length()) return fail(fault, header_size_);
        }
        const std::size_t size = header_size_ + body_size_;
        if (pending() < size) return {};
        const std::string_view bytes(pending_.data() + begin_, size);
        scanned_ = begin_ += size;
        header_size_ = body_size_ = 0;
        return {StreamItem::Kind::message, bytes};
    }

    /// The bytes held that no item has given yet.
    std::size_t pending() const noexcept { return pending_.size() - begin_; }

private:
    /// Passes over CRLFs before a start-line; true at every second one in a row.
    bool skip_crlfs() {
        while (pending_.compare(begin_, 2, "\r\n") == 0) {
            scanned_ = begin_ += 2;
            half_ping_ = !half_ping_;
            if (!half_ping_) return true;
        }
        return false;
    }

    bool find_empty_line() {
        for (std::size_t lf; (lf = pending_.find('\n', scanned_)) != pending_.npos;) {
            scanned_ = lf + 1;
            if (lf - begin_ < 3 || pending_.compare(lf - 3, 3, "\r\n\r") != 0) continue;
            header_size_ = scanned_ - begin_;
            half_ping_ = false;
            return true;
        }
        scanned_ = pending_.size();
        return false;
    }

    /// Sets body_size_; a fault with a rule where it cannot.
    ProtocolFault read_content_length() {
        const std::string_view header(pending_.data() + begin_, header_size_);
        std::optional<std::string_view> value;
        for (std::size_t line = end_of_line(header, 0); line < header.size() - 2;) {
            const std::size_t end = end_of_line(header, line);
            const std::string_view field = header.substr(line, end - line - 2);
            line = end;
            const std::size_t colon = lesser(field.find(':'), field.size());
            if (header_from(trim(field.substr(0, colon))) != Header::content_length) continue;
            const std::string_view found =
                trim_folded(field.substr(lesser(colon + 1, field.size())));
            const auto offset = static_cast<std::size_t>(found.data() - header.data());
            if (value) return broken("Content-Length: more than one", offset);
            value = found;
        }
        if (!value) return broken("Content-Length: missing", header.size() - 2);
        const auto offset = static_cast<std::size_t>(value->data() - header.data());
        const auto length = ContentLength::parse(*value);
        if (!length) return broken(length.error().rule, offset + length.error().offset);
        if (length->bytes > most_ - header_size_)
            return {413, "SIP-message: size", offset, "Request Entity Too Large"};
        body_size_ = length->bytes;
        return {400, {}, 0, {}};
    }

    /// Behind the CRLF that ends the line, and the lines that continue it, at `begin`.
    static std::size_t end_of_line(std::string_view header, std::size_t begin) noexcept {
        do
            begin = header.find("\r\n", begin) + 2; // the empty line is still behind it
        while (is_lws(header[begin]));
        return begin;
    }
    static std::string_view trim_folded(std::string_view value) noexcept {
        const auto blank = [](char c) { return is_lws(c) || c == '\r' || c == '\n'; };
        while (!value.empty() && blank(value.front()))
            value.remove_prefix(1);
        while (!value.empty() && blank(value.back()))
            value.remove_suffix(1);
        return value;
    }

    static ProtocolFault broken(std::string_view rule, std::size_t offset) noexcept {
        return {400, rule, offset, "Bad Content-Length"};
    }
    StreamItem fail(const ProtocolFault& fault, std::size_t shown) noexcept {
        faulted_ = true;
        return {StreamItem::Kind::fault, {pending_.data() + begin_, shown}, fault};
    }

    std::size_t most_;
    std::string pending_;
    std::size_t begin_ = 0;       ///< of what has not been given yet
    std::size_t scanned_ = 0;     ///< no empty line ends before this
    std::size_t header_size_ = 0; ///< with the empty line; 0 until that has come
    std::size_t body_size_ = 0;
    bool half_ping_ = false;
    bool faulted_ = false;
};

} // namespace offhook

#endif
