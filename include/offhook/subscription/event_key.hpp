#ifndef OFFHOOK_SUBSCRIPTION_EVENT_KEY_HPP
#define OFFHOOK_SUBSCRIPTION_EVENT_KEY_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/message/event_package.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

/// What tells one subscription of a dialog from another: event type and id, which are compared byte
/// by byte. No id is another one than any. RFC 6665 §8.2.1
struct EventKey {
    std::string type;    ///< "presence.winfo"
    std::string id = {}; ///< "" where there is none

    /// Of the only Event of a message; none where there is no such, or it can't be read.
    template <Modelled M>
    static std::optional<EventKey> in(const M& message) {
        using Model = MessageModel<M>;
        const auto line = Model::header(message, Header::event, 0);
        if (!line || Model::header(message, Header::event, 1)) return std::nullopt;
        const auto event = EventPackage::parse(*line);
        if (!event) return std::nullopt;
        return EventKey{std::string(event->type), std::string(event->id())};
    }

    /// Of the implicit subscription of a REFER with that CSeq number. A REFER that is not the first
    /// of its dialog has an id. RFC 3515 §2.4.6
    static EventKey of_refer(std::optional<std::uint32_t> number = {}) {
        return {"refer", number ? std::to_string(*number) : std::string()};
    }

    /// As the value of an Event header field.
    std::string text() const { return id.empty() ? type : type + ";id=" + id; }

    friend bool operator==(const EventKey&, const EventKey&) = default;
};

/// Whether what a NOTIFY says belongs to the REFER with that CSeq number: the first one of a dialog
/// may come with an id or without. RFC 3515 §2.4.6
inline bool belongs_to_refer(const EventKey& notified, std::uint32_t number, bool first) {
    return notified == EventKey::of_refer(number) || (first && notified == EventKey::of_refer());
}

} // namespace offhook

#endif
