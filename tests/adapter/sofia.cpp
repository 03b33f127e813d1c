#include "adapter_sofia/message.hpp"

#include "model.hpp"

TEST_CASE("a message of Sofia-SIP is modelled without a loss", "[adapter]") {
    check_model<SofiaMessage>([](std::string_view text) {
        msg_t* const parsed =
            msg_make(sip_default_mclass(), 0, text.data(), static_cast<ssize_t>(text.size()));
        CHECK(parsed != nullptr);
        return SofiaMessage(parsed);
    });
}
