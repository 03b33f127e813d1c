#ifndef OFFHOOK_EXAMPLES_UA_SDP_HPP
#define OFFHOOK_EXAMPLES_UA_SDP_HPP

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/address.hpp"

namespace ua {

/// Our side of one session description: one PCMU stream, which leads nowhere, for this agent has no
/// media. The version in o= counts up with each change. RFC 3264, RFC 4566
class Sdp {
public:
    struct Answer {
        std::string text;
        bool usable; ///< false: it refuses every stream, so an INVITE deserves 488
    };

    Sdp() = default;
    Sdp(const offhook::Address& at, std::uint64_t id) : at_(at), id_(id) {}

    /// "sendrecv", or "sendonly" to put the peer on hold. RFC 3264 §8.4
    std::string offer(std::string_view direction = "sendrecv") {
        return describe("t=0 0\r\n" + stream(direction));
    }

    /// Takes the first stream that can be PCMU, and refuses each other one by port 0. RFC 3264 §6
    Answer answer(std::string_view offer) {
        const std::vector<Media> offered = read(offer);
        std::string body = "t=" + time_of(offer) + "\r\n";
        bool taken = false;
        for (const Media& media : offered) {
            const bool take = !taken && media.is_pcmu;
            taken = taken || take;
            body += take ? stream(mirrored(media.direction))
                         : "m=" + media.kind + " 0 " + media.protocol_and_formats + "\r\n";
        }
        return {describe(body), taken || (offered.empty() && offer.starts_with("v=0"))};
    }

private:
    struct Media {
        std::string kind;
        std::string protocol_and_formats;
        bool is_pcmu;
        std::string direction;
    };

    static std::vector<std::string> lines_of(std::string_view text) {
        std::vector<std::string> lines;
        std::istringstream in{std::string(text)};
        for (std::string line; std::getline(in, line);) {
            if (line.ends_with('\r')) line.pop_back();
            lines.push_back(line);
        }
        return lines;
    }

    static std::string time_of(std::string_view offer) {
        for (const std::string& line : lines_of(offer))
            if (line.starts_with("t=")) return line.substr(2);
        return "0 0";
    }

    static std::vector<Media> read(std::string_view offer) {
        std::vector<Media> all;
        std::string direction = "sendrecv";
        for (const std::string& line : lines_of(offer)) {
            if (line.starts_with("m=")) {
                std::istringstream in(line.substr(2));
                Media media{{}, {}, false, direction};
                std::string port, protocol, format;
                in >> media.kind >> port >> protocol;
                media.protocol_and_formats = protocol;
                while (in >> format) {
                    media.protocol_and_formats += " " + format;
                    media.is_pcmu = media.is_pcmu || format == "0";
                }
                media.is_pcmu =
                    media.is_pcmu && media.kind == "audio" && protocol == "RTP/AVP" && port != "0";
                all.push_back(media);
            } else if (line == "a=sendrecv" || line == "a=sendonly" || line == "a=recvonly"
                       || line == "a=inactive") {
                (all.empty() ? direction : all.back().direction) = line.substr(2);
            }
        }
        return all;
    }

    // RFC 3264 §6.1
    static std::string_view mirrored(std::string_view direction) {
        return direction == "sendonly"   ? "recvonly"
               : direction == "recvonly" ? "sendonly"
                                         : direction;
    }

    static std::string stream(std::string_view direction) {
        return "m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=" + std::string(direction)
               + "\r\n"; // port 9: discard
    }

    std::string describe(const std::string& body) {
        if (body != last_) ++version_;
        last_ = body;
        const std::string host = (at_.v6 ? "IN IP6 " : "IN IP4 ") + at_.host();
        return "v=0\r\no=ua " + std::to_string(id_) + " " + std::to_string(version_) + " " + host
               + "\r\ns=-\r\nc=" + host + "\r\n" + body;
    }

    offhook::Address at_;
    std::uint64_t id_ = 0;
    std::uint64_t version_ = 0;
    std::string last_;
};

} // namespace ua

#endif
