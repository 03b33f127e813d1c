#include "endpoint_instances.cpp"

template class offhook::Session<PlainMessage>;
template class offhook::FurtherUsages<offhook::Session<PlainMessage>, PlainMessage>;
