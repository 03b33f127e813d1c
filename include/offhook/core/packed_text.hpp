#ifndef OFFHOOK_CORE_PACKED_TEXT_HPP
#define OFFHOOK_CORE_PACKED_TEXT_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace offhook {

/// `Count` short texts in one allocation, named by the enumerators of `Field` from 0 on. A dialog
/// keeps eight of them for its whole life and changes one now and then.
template <class Field, std::size_t Count>
class PackedText {
public:
    /// Valid until the next set().
    std::string_view operator[](Field field) const noexcept {
        const std::size_t i = static_cast<std::size_t>(field);
        return std::string_view(text_).substr(begin(i), end_[i] - begin(i));
    }

    /// `value` may be a view of one of the texts held here.
    void set(Field field, std::string_view value) {
        const std::size_t i = static_cast<std::size_t>(field);
        const std::size_t before = end_[i] - begin(i);
        text_.replace(begin(i), before, std::string(value));
        for (std::size_t k = i; k < Count; ++k)
            end_[k] = static_cast<std::uint32_t>(end_[k] + value.size() - before);
    }

    /// Room for all the texts together.
    void reserve(std::size_t bytes) { text_.reserve(bytes); }
    /// Gives back the room that is not used.
    void shrink() { text_.shrink_to_fit(); }

    friend bool operator==(const PackedText&, const PackedText&) = default;

private:
    std::size_t begin(std::size_t i) const noexcept { return i == 0 ? 0 : end_[i - 1]; }

    std::string text_;
    std::array<std::uint32_t, Count> end_{};
};

} // namespace offhook

#endif
