#ifndef OFFHOOK_ENDPOINT_COMPILED_HPP
#define OFFHOOK_ENDPOINT_COMPILED_HPP

/// For an application that uses Endpoint in several files: include this in place of offhook.hpp,
/// and the templates that an Endpoint is made of are compiled in one file alone, the one that says
///
///     #define OFFHOOK_COMPILE_HERE
///     #include "offhook/endpoint/compiled.hpp"
///
/// and nothing else. Every other file then costs a third.

#include "offhook/endpoint/endpoint.hpp"

#ifdef OFFHOOK_COMPILE_HERE
#define OFFHOOK_COMPILED template
#else
#define OFFHOOK_COMPILED extern template
#endif

/// \cond
OFFHOOK_COMPILED class offhook::Session<offhook::Message>;
OFFHOOK_COMPILED class offhook::FurtherUsages<offhook::Session<offhook::Message>, offhook::Message>;
OFFHOOK_COMPILED class offhook::BasicTransactions<offhook::TuEvent>;
OFFHOOK_COMPILED class offhook::Subscription<offhook::Message>;
OFFHOOK_COMPILED class offhook::BasicEndpoint<offhook::Random>;
OFFHOOK_COMPILED class offhook::SessionRef<offhook::Endpoint>;
OFFHOOK_COMPILED class offhook::SubscriptionRef<offhook::Endpoint>;
/// \endcond

#undef OFFHOOK_COMPILED

#endif
