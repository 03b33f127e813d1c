#ifndef ADAPTER_SOFIA_MESSAGE_HPP
#define ADAPTER_SOFIA_MESSAGE_HPP

// Sofia-SIP's messages under offhook: a handle that copies, and the nine functions.

#include <sofia-sip/msg.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "offhook/message/copied_fields.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/model.hpp"

/// Owns a reference to a msg_t; a copy is a message of its own.
class SofiaMessage {
    struct Destroy {
        void operator()(msg_t* message) const { msg_destroy(message); }
    };
    std::unique_ptr<msg_t, Destroy> message_;

public:
    SofiaMessage() : message_(msg_create(sip_default_mclass(), 0)) {}
    explicit SofiaMessage(msg_t* owned) : message_(owned) {}
    SofiaMessage(const SofiaMessage& other) : message_(msg_dup(other.get())) {}
    SofiaMessage(SofiaMessage&&) = default;
    SofiaMessage& operator=(SofiaMessage other) {
        message_ = std::move(other.message_);
        return *this;
    }

    msg_t* get() const { return message_.get(); }
    /// For nta, which takes over what it sends.
    msg_t* release() { return message_.release(); }
    sip_t& sip() const { return *sip_object(get()); }
    su_home_t* home() const { return msg_home(get()); }
};

template <>
struct offhook::MessageModel<SofiaMessage> {
    static int status(const SofiaMessage& m) {
        return m.sip().sip_status ? m.sip().sip_status->st_status : 0;
    }
    static std::string_view method(const SofiaMessage& m) {
        return m.sip().sip_request->rq_method_name;
    }
    static std::string request_uri(const SofiaMessage& m) {
        return text(url_as_string(nullptr, m.sip().sip_request->rq_url));
    }
    static std::string_view body(const SofiaMessage& m) {
        const sip_payload_t* const payload = m.sip().sip_payload;
        return payload ? std::string_view(payload->pl_data, payload->pl_len) : std::string_view();
    }

    // The parser has a class for each name that it knows; all others are of its class `unknown`.
    static std::optional<std::string> header(const SofiaMessage& m, Header name, std::size_t n) {
        const auto* const known =
            msg_find_hclass(sip_default_mclass(), row_of(name).name.data(), nullptr);
        const auto* const all = reinterpret_cast<const msg_pub_t*>(&m.sip());
        for (auto* line = msg_header_access(all, known->hr_class); line; line = line->sh_next) {
            const auto& other = reinterpret_cast<const sip_unknown_t&>(*line);
            const bool unknown = known->hr_class == sip_unknown_class;
            if ((unknown && header_from(other.un_name) != name) || n-- != 0) continue;
            if (unknown) return other.un_value;
            return text(sip_header_as_string(nullptr, reinterpret_cast<sip_header_t*>(line)));
        }
        return std::nullopt;
    }

    static SofiaMessage request(std::string_view method, std::string_view request_uri) {
        const std::string name(method), uri(request_uri);
        SofiaMessage m;
        insert(m, sip_request_create(m.home(), sip_method_code(name.c_str()),
                                     su_strdup(m.home(), name.c_str()),
                                     URL_STRING_MAKE(uri.c_str()), nullptr));
        return m;
    }
    static SofiaMessage response(const SofiaMessage& request, int status, std::string_view reason,
                                 std::string_view to_tag) {
        const std::string phrase(reason);
        SofiaMessage m;
        insert(m, sip_status_create(m.home(), static_cast<unsigned>(status),
                                    su_strdup(m.home(), phrase.c_str()), nullptr));
        copy_fields(request, m, to_tag);
        return m;
    }

    static void add(SofiaMessage& m, HeaderName name, std::string_view value) {
        const std::string line = std::string(name.text).append(": ").append(value).append("\r\n");
        msg_header_add_str(m.get(), reinterpret_cast<msg_pub_t*>(&m.sip()), line.c_str());
    }
    static void set_body(SofiaMessage& m, std::string_view type, std::string_view content) {
        add(m, Header::content_type, type);
        insert(m,
               sip_payload_create(m.home(), content.data(), static_cast<isize_t>(content.size())));
    }

private:
    static std::string text(char* from) {
        std::string copy(from ? from : "");
        su_free(nullptr, from);
        return copy;
    }
    static void insert(SofiaMessage& m, auto* line) {
        sip_header_insert(m.get(), &m.sip(), reinterpret_cast<sip_header_t*>(line));
    }
};

#endif
