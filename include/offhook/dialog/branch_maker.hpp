#ifndef OFFHOOK_DIALOG_BRANCH_MAKER_HPP
#define OFFHOOK_DIALOG_BRANCH_MAKER_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "offhook/core/siphash.hpp"

namespace offhook {

/// Branches that nobody can guess who does not know the key: its pseudo-random function of a
/// counter. So what sends requests needs no source of randomness once it is made.
/// RFC 3261 §8.1.1.7
class BranchMaker {
public:
    /// The key is to be unpredictable, and used for nothing else.
    explicit BranchMaker(HashKey key) : key_(key) {}

    /// 128 bits, for a key of somebody else or to draw lots.
    HashKey next_key() {
        const std::uint32_t n = used_++;
        char counter[4];
        for (unsigned i = 0; i < 4; ++i)
            counter[i] = static_cast<char>(n >> (8 * i));
        const auto output = siphash128(key_, std::string_view(counter, sizeof counter));
        return {output[0], output[1]};
    }

    /// A fresh branch: the magic cookie and 128 bits in hex. RFC 3261 §8.1.1.7
    std::string next() {
        static constexpr char digits[] = "0123456789abcdef";
        const HashKey random = next_key();
        std::string branch = "z9hG4bK";
        for (const std::uint64_t half : {random.k0, random.k1})
            for (unsigned shift = 64; shift != 0; shift -= 4)
                branch += digits[(half >> (shift - 4)) & 15];
        return branch;
    }

private:
    HashKey key_;
    std::uint32_t used_ = 0;
};

} // namespace offhook

#endif
