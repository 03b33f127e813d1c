#ifndef OFFHOOK_MESSAGE_SIPFRAG_HPP
#define OFFHOOK_MESSAGE_SIPFRAG_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"
#include "offhook/message/status.hpp"

namespace offhook {

/// What has become of a reference: the body of a NOTIFY of the event package "refer".
///
///     sipfrag     = [ start-line ] *message-header [ CRLF [ message-body ] ]
///     Status-Line = SIP-Version SP Status-Code SP Reason-Phrase CRLF
///
/// RFC 3420 §2, RFC 3515 §2.4.5. There the start-line has to be there, and to be a Status-Line.
struct Sipfrag {
    std::uint16_t status = 0;     ///< 100 … 699
    std::string_view phrase = {}; ///< may be empty
    std::string_view rest = {};   ///< the header fields and the body, as they stand

    /// The media type of the body.
    static constexpr std::string_view type = "message/sipfrag";

    /// A body of that type; refused where it does not begin with a Status-Line of 100 … 699. The SP
    /// behind the code and the line's end may lack.
    static constexpr Parsed<Sipfrag> parse(std::string_view text);
    /// A body that says no more than the status: header fields of the answer could tell the one who
    /// referred what is none of its business. RFC 3515 §5.3.3. The phrase holds no CR or LF.
    static std::string write(int status, std::string_view phrase);
    /// The same with the phrase that the status has in its RFC.
    static std::string write(int status) { return write(status, reason_phrase_of(status)); }
};

constexpr Parsed<Sipfrag> Sipfrag::parse(std::string_view text) {
    Scanner in(text);
    if (!iequals(text.substr(0, 8), "SIP/2.0 ")) return in.error("sipfrag: SIP-Version");
    in.advance(8);
    const ParseError error = in.error("sipfrag: Status-Code");
    const std::string_view digits = in.take(chars::digit);
    if (digits.size() != 3 || digits[0] < '1' || digits[0] > '6') return error;
    Sipfrag value;
    for (const char digit : digits)
        value.status = static_cast<std::uint16_t>(value.status * 10 + (digit - '0'));
    // The SP before an empty Reason-Phrase is often forgotten, and so is the line's end.
    const std::string_view line = in.rest().substr(0, in.rest().find_first_of("\r\n"));
    if (!line.empty() && line[0] != ' ') return in.error("sipfrag: Reason-Phrase");
    if (!line.empty()) value.phrase = line.substr(1);
    in.advance(line.size());
    in.accept('\r');
    in.accept('\n');
    value.rest = in.rest();
    return value;
}

inline std::string Sipfrag::write(int status, std::string_view phrase) {
    std::string text = "SIP/2.0 ";
    text.append(std::to_string(status)).append(" ").append(phrase).append("\r\n");
    return text;
}

} // namespace offhook

#endif
