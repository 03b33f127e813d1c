#ifndef OFFHOOK_TESTS_SUPPORT_SESSION_INSTANCES_HPP
#define OFFHOOK_TESTS_SUPPORT_SESSION_INSTANCES_HPP

#include "offhook/message/message_model.hpp"
#include "offhook/session/session.hpp"

#include "plain_message.hpp"

// Compiled once, in instances.cpp, and not in each test.
extern template class offhook::Session<offhook::Message>;
extern template class offhook::Session<PlainMessage>;
extern template class offhook::FurtherUsages<offhook::Session<offhook::Message>, offhook::Message>;
extern template class offhook::FurtherUsages<offhook::Session<PlainMessage>, PlainMessage>;

#endif
