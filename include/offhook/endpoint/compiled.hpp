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

/// \cond
#define OFFHOOK_COMPILED(template_)                                                                \
    template_ class offhook::Session<offhook::Message>;                                            \
    template_ class offhook::FurtherUsages<offhook::Session<offhook::Message>, offhook::Message>;  \
    template_ class offhook::BasicTransactions<offhook::TuEvent>;                                  \
    template_ class offhook::Subscription<offhook::Message>;                                       \
    template_ class offhook::BasicEndpoint<offhook::Random>;                                       \
    template_ class offhook::SessionRef<offhook::Endpoint>;                                        \
    template_ class offhook::SubscriptionRef<offhook::Endpoint>;

OFFHOOK_COMPILED(extern template)
/// \endcond

#endif

// Behind the guard: in a unity build, or with -include, others have included this before.
#if defined(OFFHOOK_COMPILE_HERE) && !defined(OFFHOOK_COMPILED_HERE)
#define OFFHOOK_COMPILED_HERE
OFFHOOK_COMPILED(template)
#endif
