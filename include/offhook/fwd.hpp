#ifndef OFFHOOK_FWD_HPP
#define OFFHOOK_FWD_HPP

/// The names of the library without what is behind them: for a header that only hands them on, by
/// reference or pointer, or in the declaration of a function.

#include <cstdint>

#include "offhook/core/random.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

class Message;
struct Address;
struct Body;
struct EndpointConfig;
struct Flow;
struct IncomingOptions;
struct InviteOptions;
struct MessageOptions;
struct Refusal;
class Error;

enum class Role : unsigned char;
enum class State : unsigned char;
enum class Transport : std::uint8_t;

template <Modelled M>
class Dialog;
template <Modelled M>
class Session;
template <Modelled M>
class Subscription;
template <Modelled M>
struct Outgoing;

template <class Endpoint>
class SessionRef;
template <class Endpoint>
class SubscriptionRef;
template <RandomSource R>
class BasicEndpoint;
using Endpoint = BasicEndpoint<Random>;

} // namespace offhook

#endif
