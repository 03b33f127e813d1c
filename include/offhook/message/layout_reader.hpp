#ifndef OFFHOOK_MESSAGE_LAYOUT_READER_HPP
#define OFFHOOK_MESSAGE_LAYOUT_READER_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/extremes.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/content_length.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/layout.hpp"
#include "offhook/message/parsed.hpp"

namespace offhook {

/// Finds where everything stands in a message, in one pass over its start-line and header fields,
/// and undoes the folding on the way: each CRLF before a blank becomes two blanks, so that no
/// offset changes. What values mean is not looked at, but for Content-Length, which says where the
/// message ends: the text is cut there. RFC 3261 §7, §18.3, §25.1
///
/// The NUL that std::string keeps behind its text ends what would otherwise run over the end.
///
///     SIP-message    = start-line *message-header CRLF [ message-body ]
///     message-header = header-name HCOLON header-value CRLF
///     HCOLON         = *( SP / HTAB ) ":" SWS
class LayoutReader {
public:
    /// Of a text that is unfolded and cut as it is read. Both outlive it.
    LayoutReader(std::string& text, Layout& layout) noexcept
        : text_(text), layout_(layout), begin_(text.data()), at_(begin_),
          end_(begin_ + text.size()) {}

    /// The rule that failed and where; the layout is of no use then.
    ParseError read() {
        if (text_.size() > (std::numeric_limits<std::uint32_t>::max)())
            return ParseError{"SIP-message: size", 0};
        if (!read_start_line()) return fault_;
        while (!at_empty_line())
            if (!read_field()) return fault_;
        if (fault_) return fault_;
        layout_.empty_line = offset(at_);
        if (!read_content_length()) return fault_;
        return {};
    }

private:
    bool read_start_line() {
        char* const end = line_end(at_);
        if (!end) return false;
        const std::string_view line(at_, static_cast<std::size_t>(end - at_));
        if (nul_) return fail("SIP-message: NUL", at_ + line.find('\0'));
        at_ = end + 2;
        const bool response = line.size() >= 4 && iequals(line.substr(0, 4), "SIP/");
        return response ? read_status_line(line) : read_request_line(line);
    }

    // Request-Line = Method SP Request-URI SP SIP-Version CRLF
    bool read_request_line(std::string_view line) {
        std::size_t method = 0;
        while (method != line.size() && is_token(line[method]))
            ++method;
        if (method == 0 || method == line.size() || line[method] != ' ')
            return fail("Request-Line: Method", line.data() + method);
        const std::size_t version = line.rfind(' ') + 1;
        if (!is_version(line.substr(version)))
            return fail("Request-Line: SIP-Version", line.data() + version);
        if (version < method + 3)
            return fail("Request-Line: Request-URI", line.data() + method + 1);
        layout_.start_line = {span(line.substr(0, method)),
                              span(line.substr(method + 1, version - method - 2)),
                              span(line.substr(version))};
        return true;
    }

    // Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
    bool read_status_line(std::string_view line) {
        const std::size_t version = lesser(line.find(' '), line.size());
        if (!is_version(line.substr(0, version)))
            return fail("Status-Line: SIP-Version", line.data());
        const std::string_view rest = line.substr(lesser(version + 1, line.size()));
        const auto digit = [&](std::size_t i) {
            return i < rest.size() && is_digit(rest[i]) ? rest[i] - '0' : -1;
        };
        const bool three = digit(0) >= 1 && digit(0) <= 6 && digit(1) >= 0 && digit(2) >= 0;
        // The SP before an empty Reason-Phrase is often forgotten. RFC 4475 §3.1.1.13
        if (!three || (rest.size() > 3 && rest[3] != ' '))
            return fail("Status-Line: Status-Code", rest.data());
        layout_.status = digit(0) * 100 + digit(1) * 10 + digit(2);
        layout_.start_line = {span(line.substr(0, version)), span(rest.substr(0, 3)),
                              span(rest.substr(lesser<std::size_t>(4, rest.size())))};
        return true;
    }

    bool at_empty_line() {
        if (at_ == end_ || (*at_ == '\r' && end_ - at_ == 1)) {
            fail("SIP-message: empty line", end_);
            return true;
        }
        return *at_ == '\r' && at_[1] == '\n';
    }

    bool read_field() {
        char* p = at_;
        while (is_token(*p))
            ++p;
        const std::string_view name(at_, static_cast<std::size_t>(p - at_));
        if (name.empty() || name.size() > 0xffff) return fail("message-header: header-name", p);
        p = skip_blanks(p);
        if (p == end_) return fail("SIP-message: empty line", p);
        if (*p != ':')
            return fail(p == name.data() + name.size() ? "message-header: header-name"
                                                       : "message-header: HCOLON",
                        p);
        std::string_view value;
        if (!read_value(skip_blanks(p + 1), value)) return false;
        const Header id = header_from(name);
        if (id == Header::content_length) {
            if (content_length_) return fail("Content-Length: more than one", value.data());
            content_length_ = value;
        }
        layout_.fields.push_back({offset(name.data()), offset(value.data()),
                                  static_cast<std::uint32_t>(value.size()),
                                  static_cast<std::uint16_t>(name.size()), id});
        return true;
    }

    bool read_value(char* begin, std::string_view& value) {
        nul_ = false;
        char* end = line_end(begin);
        while (end && end_ - end > 2 && is_lws(end[2])) {
            end[0] = end[1] = ' ';
            end = line_end(end + 2);
        }
        if (!end) return false;
        at_ = end + 2;
        begin = skip_blanks(begin);
        while (end != begin && is_lws(end[-1]))
            --end;
        value = {begin, static_cast<std::size_t>(end - begin)};
        const char* const stray = nul_ ? stray_nul(value) : nullptr;
        return !stray || fail("SIP-message: NUL", stray);
    }

    // Leaves the text without what is behind the body; without Content-Length all of it is body.
    bool read_content_length() {
        if (!content_length_) return true;
        const char* const value = content_length_->data();
        const auto length = ContentLength::parse(*content_length_);
        if (!length) return fail(length.error().rule, value + length.error().offset);
        const std::size_t body = layout_.empty_line + 2u;
        if (length->bytes > text_.size() - body) return fail("Content-Length: message-body", value);
        text_.resize(body + length->bytes);
        return true;
    }

    /// The first CRLF from `p` on. Sets nul_ where it passes a NUL; a bare CR or LF is a fault, and
    /// then the result is nullptr.
    char* line_end(char* p) {
        for (;; ++p) {
            p = find_control(p);
            const bool complete = end_ - p >= 2;
            if (complete && *p == '\r' && p[1] == '\n') return p;
            if (p == end_ || (!complete && *p == '\r')) {
                fail("SIP-message: empty line", end_);
                return nullptr;
            }
            if (*p == '\r' || *p == '\n') {
                fail("SIP-message: CRLF", p);
                return nullptr;
            }
            nul_ |= *p == '\0';
        }
    }

    /// The first byte below SP, or the end.
    char* find_control(char* p) const noexcept {
        if constexpr (std::endian::native == std::endian::little) {
            // Eight bytes at a time: the lowest high bit that stays is that of the first such byte.
            for (; end_ - p >= 8; p += 8) {
                std::uint64_t word;
                std::memcpy(&word, p, 8);
                const std::uint64_t below =
                    (word - 0x2020202020202020u) & ~word & 0x8080808080808080u;
                if (below) return p + std::countr_zero(below) / 8;
            }
        }
        while (p != end_ && static_cast<unsigned char>(*p) >= 0x20)
            ++p;
        return p;
    }

    /// A NUL is allowed as a quoted-pair of a quoted string alone. RFC 4475 §3.1.1.2
    static const char* stray_nul(std::string_view value) noexcept {
        bool quoted = false;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i] == '\0') return value.data() + i;
            if (value[i] == '"') quoted = !quoted;
            if (value[i] == '\\' && quoted) ++i;
        }
        return nullptr;
    }

    // SIP-Version = "SIP" "/" 1*DIGIT "." 1*DIGIT
    static bool is_version(std::string_view text) noexcept {
        if (text.size() < 7 || !iequals(text.substr(0, 4), "SIP/")) return false;
        const std::size_t dot = text.find('.');
        if (dot == text.npos || dot == 4 || dot + 1 == text.size()) return false;
        for (std::size_t i = 4; i != text.size(); ++i)
            if (i != dot && !is_digit(text[i])) return false;
        return true;
    }

    static char* skip_blanks(char* p) noexcept {
        while (is_lws(*p))
            ++p;
        return p;
    }

    bool fail(std::string_view rule, const char* at) noexcept {
        fault_ = ParseError{rule, static_cast<std::size_t>(at - begin_)};
        return false;
    }

    std::uint32_t offset(const char* p) const noexcept {
        return static_cast<std::uint32_t>(p - begin_);
    }
    Span span(std::string_view part) const noexcept {
        return {offset(part.data()), static_cast<std::uint32_t>(part.size())};
    }

    std::string& text_;
    Layout& layout_;
    char* begin_;
    char* at_;
    char* end_;
    bool nul_ = false; ///< the line read last has a NUL
    std::optional<std::string_view> content_length_;
    ParseError fault_ = {};
};

} // namespace offhook

#endif
