#include "adapter_osip/message.hpp"

#include "model.hpp"

TEST_CASE("a message of libosip2 is modelled without a loss", "[adapter]") {
    parser_init(); // osip_init() does it in the adapter
    check_model<OsipMessage>([](std::string_view text) {
        osip_message_t* parsed = nullptr;
        osip_message_init(&parsed);
        CHECK(osip_message_parse(parsed, text.data(), text.size()) == OSIP_SUCCESS);
        OsipMessage message(parsed);
        osip_message_free(parsed);
        return message;
    });
}
