#ifndef OFFHOOK_MESSAGE_COPIED_FIELDS_HPP
#define OFFHOOK_MESSAGE_COPIED_FIELDS_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/message/header.hpp"
#include "offhook/message/model.hpp"
#include "offhook/message/to_tag.hpp"

namespace offhook {

/// Gives a response what it repeats of its request: each line of Via, From, To, Call-ID and CSeq,
/// and a tag to a To without one, unless it is empty. For MessageModel<M>::response(), where the
/// stack has nothing of its own that does it. RFC 3261 §8.2.6.2
///
///     static MyMessage response(const MyMessage& request, int status, std::string_view reason,
///                               std::string_view to_tag) {
///         MyMessage made = …; // the status line
///         offhook::copy_fields(request, made, to_tag);
///         return made;
///     }
template <class M>
void copy_fields(const M& request, M& response, std::string_view to_tag) {
    using Model = MessageModel<M>;
    constexpr Header copied[] = {Header::via, Header::from, Header::to, Header::call_id,
                                 Header::cseq};
    for (const Header name : copied) {
        for (std::size_t n = 0;; ++n) {
            const auto line = Model::header(request, name, n);
            if (!line) break;
            std::string value(*line);
            if (name == Header::to && !to_tag.empty() && !has_tag(value))
                value.append(";tag=").append(to_tag);
            Model::add(response, name, value);
        }
    }
}

} // namespace offhook

#endif
