#ifndef OFFHOOK_MESSAGE_LAYOUT_HPP
#define OFFHOOK_MESSAGE_LAYOUT_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/message/header.hpp"

namespace offhook {

/// A stretch of a message's text.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;

    std::string_view in(std::string_view text) const noexcept {
        return {text.data() + begin, size};
    }
};

/// Where one header field line stands in a message's text. The line begins with its name.
struct FieldSpan {
    std::uint32_t begin;
    std::uint32_t value;
    std::uint32_t value_size;
    std::uint16_t name_size;
    Header id;
};

/// The header field lines in their order. The first 32 are held in place: no allocation for a
/// usual message.
class FieldSpans {
public:
    FieldSpans() noexcept = default;
    FieldSpans(const FieldSpans& other) { *this = other; }
    FieldSpans(FieldSpans&& other) noexcept { *this = std::move(other); }
    ~FieldSpans() = default;

    FieldSpans& operator=(const FieldSpans& other) {
        if (this == &other) return *this;
        more_ = other.more_;
        copy_first(other);
        return *this;
    }
    FieldSpans& operator=(FieldSpans&& other) noexcept {
        if (this == &other) return *this;
        more_ = std::move(other.more_);
        copy_first(other);
        other.clear();
        return *this;
    }

    std::size_t size() const noexcept { return size_; }
    const FieldSpan* begin() const noexcept { return more_.empty() ? first_.data() : more_.data(); }
    const FieldSpan* end() const noexcept { return begin() + size_; }
    FieldSpan* begin() noexcept { return more_.empty() ? first_.data() : more_.data(); }
    FieldSpan* end() noexcept { return begin() + size_; }
    const FieldSpan& operator[](std::size_t i) const noexcept { return begin()[i]; }
    FieldSpan& operator[](std::size_t i) noexcept { return begin()[i]; }

    void push_back(const FieldSpan& field) {
        if (size_ < first_.size() && more_.empty()) [[likely]] {
            first_[size_++] = field;
        } else {
            push_back_more(field);
        }
    }
    void insert(std::size_t at, const FieldSpan& field) {
        push_back(field);
        for (std::size_t i = size_ - 1; i > at; --i)
            (*this)[i] = (*this)[i - 1];
        (*this)[at] = field;
    }
    void erase(std::size_t at) noexcept {
        for (std::size_t i = at + 1; i < size_; ++i)
            (*this)[i - 1] = (*this)[i];
        if (!more_.empty()) more_.pop_back();
        --size_;
    }
    void clear() noexcept {
        more_.clear();
        size_ = 0;
    }

private:
    void push_back_more(const FieldSpan& field) {
        if (more_.empty()) more_.assign(first_.begin(), first_.end());
        more_.push_back(field);
        ++size_;
    }
    void copy_first(const FieldSpans& other) noexcept {
        size_ = other.size_;
        for (std::size_t i = 0; more_.empty() && i < size_; ++i)
            first_[i] = other.first_[i];
    }

    std::array<FieldSpan, 32> first_;
    std::vector<FieldSpan> more_; ///< all of them, once there are more than fit
    std::size_t size_ = 0;
};

/// Where everything stands in a message's text.
struct Layout {
    /// The three parts of the start line: Method, Request-URI, SIP-Version of a request;
    /// SIP-Version, Status-Code, Reason-Phrase of a response.
    std::array<Span, 3> start_line;
    int status = 0; ///< 0 for a request
    FieldSpans fields;
    std::uint32_t empty_line = 0; ///< behind the last header field; the body is two bytes further
};

} // namespace offhook

#endif
