#include "endpoint_instances.hpp"

template class offhook::Session<offhook::Message>;
template class offhook::FurtherUsages<offhook::Session<offhook::Message>, offhook::Message>;
template class offhook::BasicTransactions<offhook::TuEvent>;
template class offhook::Subscription<offhook::Message>;
template class offhook::BasicEndpoint<offhook::Random>;
template class offhook::SessionRef<offhook::Endpoint>;
template class offhook::SubscriptionRef<offhook::Endpoint>;
