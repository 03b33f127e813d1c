// A phone on libosip2: its parser and its transactions stay, and offhook has the calls. What that
// takes is in adapter_osip/.

#include <cstdio>
#include <system_error>
#include <utility>

#include "adapter/phone.hpp"
#include "adapter_osip/glue.hpp"

int main(int count, char** words) {
    const auto options = phone::Options::parse(count, words);
    if (!options) return std::fputs(phone::usage, stderr), 2;
    std::error_code error;
    auto socket = offhook::net::UdpSocket::open(*options->listen, error);
    if (!socket) return std::fprintf(stderr, "--listen: %s\n", error.message().c_str()), 2;
    OsipCalls stack(std::move(*socket), {.contact = options->contact()});
    return phone::Phone(stack, *options).run();
}
