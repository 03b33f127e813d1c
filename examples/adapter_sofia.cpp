// A phone on Sofia-SIP: its parser and nta's transactions stay, and offhook has the calls. What
// that takes is in adapter_sofia/.

#include <cstdio>

#include "adapter/phone.hpp"
#include "adapter_sofia/glue.hpp"

int main(int count, char** words) {
    const auto options = phone::Options::parse(count, words);
    if (!options) return std::fputs(phone::usage, stderr), 2;
    SofiaCalls stack(options->uri() + ";transport=udp", {.contact = options->contact()});
    if (!stack) return std::fputs("--listen: that address can't be had\n", stderr), 2;
    return phone::Phone(stack, *options).run();
}
