#ifndef OFFHOOK_EXAMPLES_UA_JSON_HPP
#define OFFHOOK_EXAMPLES_UA_JSON_HPP

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ua {

/// A JSON object on one line, built member by member.
///
///     Json().add("event", "ringing").add("code", 180).text()
class Json {
public:
    Json& add(std::string_view name, std::string_view value) {
        key(name);
        quote(value);
        return *this;
    }
    template <std::integral T>
    Json& add(std::string_view name, T value) {
        key(name);
        if constexpr (std::same_as<T, bool>)
            text_ += value ? "true" : "false";
        else
            text_ += std::to_string(value);
        return *this;
    }
    Json& add(std::string_view name, const std::vector<std::string>& values) {
        key(name);
        char before = '[';
        for (const std::string& value : values) {
            text_ += before;
            quote(value);
            before = ',';
        }
        text_ += values.empty() ? "[]" : "]";
        return *this;
    }
    /// A value that is JSON already.
    Json& add_raw(std::string_view name, std::string_view value) {
        key(name);
        text_ += value;
        return *this;
    }

    /// The members of another object.
    Json& add_all(const Json& other) {
        if (text_.size() > 1 && other.text_.size() > 1) text_ += ',';
        text_ += std::string_view(other.text_).substr(1);
        return *this;
    }

    std::string text() const { return text_ + "}"; }

private:
    void key(std::string_view name) {
        if (text_.size() > 1) text_ += ',';
        quote(name);
        text_ += ':';
    }

    // RFC 8259 §7; what is no UTF-8 becomes U+FFFD, for peers send what they like.
    void quote(std::string_view value) {
        static constexpr char hex[] = "0123456789abcdef";
        text_ += '"';
        for (std::size_t i = 0; i < value.size();) {
            const auto c = static_cast<unsigned char>(value[i]);
            const std::size_t length = utf8_length(value.substr(i));
            if (length == 0) {
                text_ += "\\ufffd";
            } else if (c == '"' || c == '\\') {
                text_ += {'\\', value[i]};
            } else if (c == '\n') {
                text_ += "\\n";
            } else if (c == '\r') {
                text_ += "\\r";
            } else if (c < 0x20 || c == 0x7f) {
                text_ += {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            } else {
                text_ += value.substr(i, length);
            }
            i += length == 0 ? 1 : length;
        }
        text_ += '"';
    }

    // Bytes of the character that stands first; 0 where none does. RFC 3629 §4
    static std::size_t utf8_length(std::string_view text) {
        const auto byte = [&](std::size_t i) -> unsigned {
            return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
        };
        const unsigned first = byte(0);
        if (first < 0x80) return 1;
        const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (first < 0xc2 || first > 0xf4) return 0;
        for (std::size_t i = 1; i < length; ++i)
            if ((byte(i) & 0xc0) != 0x80) return 0;
        const unsigned second = byte(1);
        const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
        const bool outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
        return overlong || outside ? 0 : length;
    }

    std::string text_ = "{";
};

} // namespace ua

#endif
