#ifndef OFFHOOK_MESSAGE_RECV_INFO_HPP
#define OFFHOOK_MESSAGE_RECV_INFO_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/info_package.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/parsed.hpp"

namespace offhook {

/// The Info Packages that a user agent takes. None is an answer too: it knows what Info Packages
/// are, and wants no INFO with one; without the header field it does not know them.
///
///     Recv-Info         = "Recv-Info" HCOLON [Info-package-list]
///     Info-package-list = Info-package-type *( COMMA Info-package-type )
///
/// RFC 6086 §5.2.2, §9.2
class RecvInfo {
public:
    /// The field value, empty or a list; refused where a value is not well formed.
    static constexpr Parsed<RecvInfo> parse(std::string_view text);

    /// Whether the peer takes INFOs with this Info-Package. Parameters are not compared, and names
    /// have a case. RFC 6086 §7.2
    constexpr bool contains(std::string_view name) const {
        for (const std::string_view each : list_)
            if (const auto package = InfoPackage::parse(each); package && package->name == name)
                return true;
        return false;
    }
    /// Whether the user agent takes none.
    constexpr bool empty() const { return list_.first().empty(); }
    /// The texts of the values, for InfoPackage::parse().
    constexpr ListRange::Iterator begin() const { return list_.begin(); }
    /// Behind the last of them.
    constexpr ListRange::End end() const { return list_.end(); }

private:
    ListRange list_{{}};
};

constexpr Parsed<RecvInfo> RecvInfo::parse(std::string_view text) {
    RecvInfo value;
    value.list_ = ListRange(text);
    for (const std::string_view each : value)
        if (const auto package = InfoPackage::parse(each); !package)
            return package.error().shifted(static_cast<std::size_t>(each.data() - text.data()));
    return value;
}

} // namespace offhook

#endif
