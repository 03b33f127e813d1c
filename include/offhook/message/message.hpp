#ifndef OFFHOOK_MESSAGE_MESSAGE_HPP
#define OFFHOOK_MESSAGE_MESSAGE_HPP

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "offhook/message/characters.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/layout.hpp"
#include "offhook/message/layout_reader.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/safe_value.hpp"
#include "offhook/message/to_tag.hpp"

namespace offhook {

/// A SIP request or response: one text, as on the wire, and an index of what stands where in it.
/// Every view that it gives is on that text, and valid until the message is changed or dies.
///
/// What a message says is not checked here beyond its framing: see validate.hpp; for typed values
/// see parse_header.hpp. Texts that go in must be is_safe_value and names must be tokens.
/// Content-Length is the message's own business: changes of that header field are passed over.
///
/// RFC 3261 §7
class Message {
public:
    /// One whole datagram, or what a StreamFramer cut out of a stream. CRLFs before the start-line
    /// are passed over, folded lines are unfolded, and what Content-Length says is not part of the
    /// message is dropped. Fails where the framing is broken: see LayoutReader; the offset is one
    /// in `bytes`. RFC 3261 §7.5, §18.3
    static Parsed<Message> parse(std::string_view bytes) {
        const std::size_t begin = leading_crlfs(bytes);
        return read(std::string(bytes.substr(begin)), begin);
    }
    /// The same without a copy of the text.
    static Parsed<Message> parse(std::string&& bytes) {
        const std::size_t begin = leading_crlfs(bytes);
        return read(std::move(bytes.erase(0, begin)), begin);
    }
    /// The same of a text that ends with a NUL.
    static Parsed<Message> parse(const char* bytes) { return parse(std::string_view(bytes)); }

    /// A request with no header field but `Content-Length: 0`.
    static Message request(std::string_view method, std::string_view request_uri) {
        return Message(0, {method, request_uri, "SIP/2.0"}, 512);
    }

    /// The response to `request` with the header fields that RFC 3261 §8.2.6.2 copies from it:
    /// every Via, From, To, Call-ID and CSeq, and Timestamp into a 100. A To without a tag gets
    /// `to_tag`, unless that is empty. What the request has not got is left out.
    static Message response(const Message& request, int status, std::string_view reason,
                            std::string_view to_tag = {}) {
        const char code[] = {static_cast<char>('0' + status / 100 % 10),
                             static_cast<char>('0' + status / 10 % 10),
                             static_cast<char>('0' + status % 10)};
        Message response(status, {"SIP/2.0", {code, 3}, reason}, request.layout_.empty_line + 256u);
        for (const FieldSpan& field : request.layout_.fields)
            if (field.id == Header::via) response.add(Header::via, request.value_of(field));
        response.copy_first(Header::from, request);
        if (const auto to = request.header(Header::to)) {
            response.add(Header::to, *to);
            if (!to_tag.empty() && !has_tag(*to)) response.append_tag(to_tag);
        }
        for (const Header copied : {Header::call_id, Header::cseq})
            response.copy_first(copied, request);
        if (status == 100) response.copy_first(Header::timestamp, request);
        return response;
    }

    /// Otherwise it is a response.
    bool is_request() const noexcept { return layout_.status == 0; }
    /// 100 … 699; 0 for a request.
    int status() const noexcept { return layout_.status; }
    /// "" for a request.
    std::string_view reason_phrase() const noexcept { return is_request() ? "" : start_line(2); }
    /// Case matters in it. "" for a response.
    std::string_view method() const noexcept { return is_request() ? start_line(0) : ""; }
    /// As it stands there, well formed or not. "" for a response.
    std::string_view request_uri() const noexcept { return is_request() ? start_line(1) : ""; }
    /// "SIP/2.0", in any case and with any number.
    std::string_view version() const noexcept { return start_line(is_request() ? 2 : 0); }
    /// "" where there is none.
    std::string_view body() const noexcept { return bytes().substr(layout_.empty_line + 2); }
    /// All of it, as it goes on the wire.
    std::string_view bytes() const noexcept { return text_; }
    /// The same, for who has no more use for the message.
    std::string release() && noexcept { return std::move(text_); }

    /// The value of the n-th line of that name, unfolded, without the blanks around it. A line may
    /// hold several values: see ListRange.
    std::optional<std::string_view> header(HeaderName name, std::size_t n = 0) const noexcept {
        for (const FieldSpan& field : layout_.fields)
            if (is(field, name) && n-- == 0) return value_of(field);
        return std::nullopt;
    }

    /// The number of lines of that name.
    std::size_t count(HeaderName name) const noexcept {
        std::size_t count = 0;
        for (const FieldSpan& field : layout_.fields)
            count += is(field, name);
        return count;
    }

    /// One header field line.
    struct Field {
        Header id;              ///< `unknown` for a name that has no enumerator
        std::string_view name;  ///< as it is spelt in the message
        std::string_view value; ///< unfolded, without the blanks around it
    };

    /// Goes through the lines.
    class FieldIterator {
    public:
        /// The line, as views of the message.
        Field operator*() const noexcept {
            return {at_->id, message_->name_of_line(*at_), message_->value_of(*at_)};
        }
        /// On to the next.
        FieldIterator& operator++() noexcept { return ++at_, *this; }
        /// Whether both stand at the same line of one message.
        bool operator==(const FieldIterator&) const noexcept = default;

    private:
        friend class Message;
        FieldIterator(const Message* message, const FieldSpan* at) : message_(message), at_(at) {}
        const Message* message_;
        const FieldSpan* at_;
    };

    /// All lines; valid until the message changes.
    struct Fields {
        const Message* message; ///< whose lines they are
        /// The first line.
        FieldIterator begin() const noexcept { return {message, message->layout_.fields.begin()}; }
        /// Behind the last line.
        FieldIterator end() const noexcept { return {message, message->layout_.fields.end()}; }
        /// How many lines there are.
        std::size_t size() const noexcept { return message->layout_.fields.size(); }
    };

    /// The header field lines in their order, for a range-for.
    Fields fields() const noexcept { return {this}; }

    /// Adds a line behind all others (but for a Content-Length that stands last).
    void add(HeaderName name, std::string_view value) {
        if (name.id == Header::content_length) return;
        const std::size_t size = layout_.fields.size();
        const bool length_is_last = size && layout_.fields[size - 1].id == Header::content_length;
        insert_line(size - length_is_last, name, value);
    }
    /// Adds a line before all others: so a Via goes on top.
    void insert_first(HeaderName name, std::string_view value) {
        if (name.id != Header::content_length) insert_line(0, name, value);
    }
    /// Leaves exactly one line of that name, where the first one was, else as add does.
    void set(HeaderName name, std::string_view value) {
        if (!replace_first(name, value)) return add(name, value);
        const std::size_t first = find(name, 0);
        for (std::size_t i; (i = find(name, first + 1)) != layout_.fields.size();)
            erase_line(i);
    }
    /// Gives the first line of that name another value; false where there is none.
    bool replace_first(HeaderName name, std::string_view value) {
        const std::size_t i = find(name, 0);
        if (name.id == Header::content_length || i == layout_.fields.size()) return false;
        replace_value(i, value);
        return true;
    }
    /// False where there is none of that name.
    bool remove_first(HeaderName name) {
        const std::size_t i = find(name, 0);
        if (name.id == Header::content_length || i == layout_.fields.size()) return false;
        erase_line(i);
        return true;
    }
    /// The number of lines that went.
    std::size_t remove(HeaderName name) {
        std::size_t count = 0;
        while (remove_first(name))
            ++count;
        return count;
    }

    /// Replaces the body; an empty type leaves the message without Content-Type.
    void set_body(std::string_view type, std::string_view content) {
        if (is_own(type) || is_own(content))
            return set_body(std::string(type), std::string(content));
        text_.resize(layout_.empty_line + 2);
        text_.reserve(text_.size() + type.size() + content.size() + 48);
        type.empty() ? void(remove(Header::content_type)) : set(Header::content_type, type);
        char digits[20];
        const char* const end = std::to_chars(digits, digits + 20, content.size()).ptr;
        const std::string_view length(digits, static_cast<std::size_t>(end - digits));
        const std::size_t i = find(Header::content_length, 0);
        i == layout_.fields.size() ? insert_line(i, Header::content_length, length)
                                   : replace_value(i, length);
        text_.append(content);
    }

    /// Where a view that this message gave begins in bytes().
    std::size_t offset_of(std::string_view part) const noexcept {
        return static_cast<std::size_t>(part.data() - text_.data());
    }

private:
    Message() noexcept = default;

    Message(int status, std::initializer_list<std::string_view> start_line, std::size_t reserved) {
        text_.reserve(reserved);
        layout_.status = status;
        Span* span = layout_.start_line.data();
        for (const std::string_view word : start_line) {
            *span++ = {static_cast<std::uint32_t>(text_.size()),
                       static_cast<std::uint32_t>(word.size())};
            text_.append(word).append(" ");
        }
        text_.pop_back();
        text_.append("\r\n\r\n");
        layout_.empty_line = static_cast<std::uint32_t>(text_.size() - 2);
        insert_line(0, Header::content_length, "0");
    }

    static Parsed<Message> read(std::string&& text, std::size_t skipped) {
        Message message;
        message.text_ = std::move(text);
        if (const ParseError fault = LayoutReader(message.text_, message.layout_).read())
            return fault.shifted(skipped);
        return message;
    }

    static std::size_t leading_crlfs(std::string_view bytes) noexcept {
        std::size_t at = 0;
        while (bytes.substr(at, 2) == "\r\n")
            at += 2;
        return at;
    }

    std::string_view start_line(std::size_t part) const noexcept {
        return layout_.start_line[part].in(text_);
    }
    std::string_view name_of_line(const FieldSpan& field) const noexcept {
        return {text_.data() + field.begin, field.name_size};
    }
    std::string_view value_of(const FieldSpan& field) const noexcept {
        return {text_.data() + field.value, field.value_size};
    }
    bool is(const FieldSpan& field, HeaderName name) const noexcept {
        return field.id == name.id
               && (name.id != Header::unknown || iequals(name_of_line(field), name.text));
    }
    /// The line of that name from `i` on; fields.size() where there is none.
    std::size_t find(HeaderName name, std::size_t i) const noexcept {
        while (i != layout_.fields.size() && !is(layout_.fields[i], name))
            ++i;
        return i;
    }

    bool is_own(std::string_view text) const noexcept {
        const auto address = [](const char* p) { return reinterpret_cast<std::uintptr_t>(p); };
        return address(text.data()) - address(text_.data()) <= text_.size();
    }

    void insert_line(std::size_t i, HeaderName name, std::string_view value) {
        if (is_own(value)) return insert_line(i, name, std::string(value));
        if (is_own(name.text))
            return insert_line(i, std::string_view(std::string(name.text)), value);
        value = trim(value);
        const FieldSpan line{begin_of(i),
                             begin_of(i) + static_cast<std::uint32_t>(name.text.size()) + 2,
                             static_cast<std::uint32_t>(value.size()),
                             static_cast<std::uint16_t>(name.text.size()), name.id};
        const std::size_t size = name.text.size() + value.size() + 4;
        text_.insert(line.begin, size, ' ');
        char* const at = text_.data() + line.begin;
        name.text.copy(at, name.text.size());
        at[name.text.size()] = ':';
        value.copy(at + name.text.size() + 2, value.size());
        at[size - 2] = '\r';
        at[size - 1] = '\n';
        shift(i, size);
        layout_.fields.insert(i, line);
    }
    void erase_line(std::size_t i) {
        const std::uint32_t begin = begin_of(i), size = begin_of(i + 1) - begin;
        text_.erase(begin, size);
        layout_.fields.erase(i);
        shift(i, 0u - size);
    }
    void replace_value(std::size_t i, std::string_view value) {
        if (is_own(value)) return replace_value(i, std::string(value));
        value = trim(value);
        FieldSpan& field = layout_.fields[i];
        text_.replace(field.value, field.value_size, value);
        shift(i + 1, value.size() - field.value_size);
        field.value_size = static_cast<std::uint32_t>(value.size());
    }
    void append_tag(std::string_view tag) {
        const std::size_t i = find(Header::to, 0);
        FieldSpan& to = layout_.fields[i];
        const std::size_t before = text_.size();
        text_.insert(to.value + to.value_size, ";tag=").insert(to.value + to.value_size + 5, tag);
        to.value_size += static_cast<std::uint32_t>(tag.size()) + 5;
        shift(i + 1, text_.size() - before);
    }

    std::uint32_t begin_of(std::size_t i) const noexcept {
        return i < layout_.fields.size() ? layout_.fields[i].begin : layout_.empty_line;
    }
    /// Moves the i-th line and all behind it in the index; modulo 2³², so that back works too.
    void shift(std::size_t i, std::size_t distance) noexcept {
        const auto by = static_cast<std::uint32_t>(distance);
        for (; i < layout_.fields.size(); ++i) {
            layout_.fields[i].begin += by;
            layout_.fields[i].value += by;
        }
        layout_.empty_line += by;
    }

    void copy_first(Header id, const Message& other) {
        if (const auto value = other.header(id)) add(id, *value);
    }

    std::string text_;
    Layout layout_;
};

} // namespace offhook

#endif
