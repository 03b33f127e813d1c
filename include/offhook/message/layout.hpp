#ifndef OFFHOOK_MESSAGE_LAYOUT_HPP
#define OFFHOOK_MESSAGE_LAYOUT_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "offhook/message/header.hpp"

namespace offhook {

/// A stretch of a message's text.
struct Span {
    std::uint32_t begin = 0; ///< offset of its first byte
    std::uint32_t size = 0;  ///< in bytes

    /// The stretch of this text, which must be the one that it was made for.
    std::string_view in(std::string_view text) const noexcept {
        return {text.data() + begin, size};
    }
};

/// Where one header field line stands in a message's text. The line begins with its name.
struct FieldSpan {
    std::uint32_t begin;      ///< offset of the name
    std::uint32_t value;      ///< offset of the value, without the blanks before it
    std::uint32_t value_size; ///< in bytes, without the blanks behind it
    std::uint16_t name_size;  ///< in bytes
    Header id;                ///< `unknown` for a name that has no enumerator
};

/// The header field lines in their order. The first 32 are held in place: no allocation for a
/// usual message. Its own array, as a std::vector of them costs every includer more than this file.
class FieldSpans {
public:
    FieldSpans() noexcept = default;
    /// The same lines.
    FieldSpans(const FieldSpans& other) { *this = other; }
    /// Takes the lines; the other is left empty.
    FieldSpans(FieldSpans&& other) noexcept { *this = std::move(other); }
    ~FieldSpans() { delete[] more_; }

    /// The same lines in place of its own.
    FieldSpans& operator=(const FieldSpans& other) {
        if (this == &other) return *this;
        FieldSpan* const more = other.more_ ? new FieldSpan[other.room_] : nullptr;
        take(other, more);
        if (more) copy(other.more_, more);
        return *this;
    }
    /// Takes the lines in place of its own; the other is left empty.
    FieldSpans& operator=(FieldSpans&& other) noexcept {
        if (this == &other) return *this;
        take(other, std::exchange(other.more_, nullptr));
        other.clear();
        return *this;
    }

    /// How many lines there are.
    std::size_t size() const noexcept { return size_; }
    /// The first line.
    const FieldSpan* begin() const noexcept { return more_ ? more_ : first_.data(); }
    /// Behind the last line.
    const FieldSpan* end() const noexcept { return begin() + size_; }
    /// The first line. Valid until a line is added.
    FieldSpan* begin() noexcept { return more_ ? more_ : first_.data(); }
    /// Behind the last line.
    FieldSpan* end() noexcept { return begin() + size_; }
    /// The line of that number, from 0; it must be there.
    const FieldSpan& operator[](std::size_t i) const noexcept { return begin()[i]; }
    /// The line of that number, from 0; it must be there.
    FieldSpan& operator[](std::size_t i) noexcept { return begin()[i]; }

    /// Adds a line behind all others.
    void push_back(FieldSpan field) {
        if (size_ == room_) [[unlikely]]
            grow();
        begin()[size_++] = field;
    }
    /// Adds a line that gets the number `at`; those from there on move up.
    void insert(std::size_t at, FieldSpan field) {
        push_back(field);
        for (std::size_t i = size_ - 1; i > at; --i)
            (*this)[i] = (*this)[i - 1];
        (*this)[at] = field;
    }
    /// Takes the line out; those behind it move down.
    void erase(std::size_t at) noexcept {
        for (std::size_t i = at + 1; i < size_; ++i)
            (*this)[i - 1] = (*this)[i];
        --size_;
    }
    /// Takes all of them out, and gives back what was allocated.
    void clear() noexcept {
        delete[] std::exchange(more_, nullptr);
        room_ = in_place;
        size_ = 0;
    }

private:
    static constexpr std::uint32_t in_place = 32;

    void grow() {
        FieldSpan* const wider = new FieldSpan[2 * room_];
        copy(begin(), wider);
        delete[] std::exchange(more_, wider);
        room_ *= 2;
    }
    void take(const FieldSpans& other, FieldSpan* more) noexcept {
        delete[] std::exchange(more_, more);
        room_ = other.room_;
        size_ = other.size_;
        if (!more) copy(other.first_.data(), first_.data());
    }
    void copy(const FieldSpan* from, FieldSpan* to) const noexcept {
        for (std::uint32_t i = 0; i < size_; ++i)
            to[i] = from[i];
    }

    std::array<FieldSpan, in_place> first_;
    FieldSpan* more_ = nullptr; ///< all of them, once there are more than fit
    std::uint32_t room_ = in_place;
    std::uint32_t size_ = 0;
};

/// Where everything stands in a message's text.
struct Layout {
    /// The three parts of the start line: Method, Request-URI, SIP-Version of a request;
    /// SIP-Version, Status-Code, Reason-Phrase of a response.
    std::array<Span, 3> start_line;
    int status = 0;               ///< 0 for a request
    FieldSpans fields;            ///< the lines in their order
    std::uint32_t empty_line = 0; ///< behind the last header field; the body is two bytes further
};

} // namespace offhook

#endif
