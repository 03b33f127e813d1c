#ifndef OFFHOOK_SIM_LINK_HPP
#define OFFHOOK_SIM_LINK_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/core/time.hpp"

namespace offhook::sim {

/// What one direction of a path does to what is sent on it. Probabilities are 0 … 1. A stream knows
/// only latency, jitter and pieces: TCP mends the rest.
struct Link {
    Duration latency = std::chrono::milliseconds(1); ///< from the sending to the arrival
    Duration jitter = {};                          ///< up to that much more, for each datagram anew
    double loss = 0;                               ///< the datagram does not arrive
    double duplication = 0;                        ///< it arrives twice
    double reordering = 0;                         ///< it waits for `hold`, and others overtake it
    double corruption = 0;                         ///< one of its bytes becomes another one
    Duration hold = std::chrono::milliseconds(50); ///< how long what is reordered waits
    std::size_t pieces = 0; ///< a stream arrives in pieces of 1 to that many bytes; 0: as sent
    bool cut = false;       ///< nothing arrives, and connections break
};

/// What is to happen to certain messages, whatever the link does: of those whose text begins and
/// contains so the first `times` ones, once `pass` of them have gone by.
struct Rule {
    std::string begins;        ///< "ACK ", "SIP/2.0 180"
    std::string contains = {}; ///< " BYE\r\n" for the method of a response's CSeq
    int times = 1;             ///< how many it still applies to
    bool lose = true;          ///< otherwise it is late by `delay`
    Duration delay = {};       ///< on top of the link's latency
    int pass = 0;              ///< how many it still lets by
    bool twice = false;        ///< what is not lost arrives once more; a stream repeats nothing

    /// Is it such a message, and is there one of its `times` left?
    bool applies_to(std::string_view bytes) const {
        return times > 0 && bytes.starts_with(begins) && bytes.find(contains) != bytes.npos;
    }
};

} // namespace offhook::sim

#endif
