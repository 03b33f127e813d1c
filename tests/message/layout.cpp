#include "offhook/message/layout.hpp"

#include <cstdint>
#include <vector>

#include "../catch.hpp"

using namespace offhook;

namespace {

std::vector<std::uint32_t> begins(const FieldSpans& fields) {
    std::vector<std::uint32_t> all;
    for (const FieldSpan& field : fields)
        all.push_back(field.begin);
    return all;
}

} // namespace

TEST_CASE("field spans keep their order around the size that is held in place", "[message]") {
    for (const std::uint32_t size : {1u, 31u, 32u, 33u, 34u, 100u}) {
        FieldSpans fields;
        std::vector<std::uint32_t> model;
        for (std::uint32_t i = 0; i != size; ++i) {
            fields.push_back({i, 0, 0, 0, Header::unknown});
            model.push_back(i);
        }
        fields.insert(size / 2, {1000, 0, 0, 0, Header::unknown});
        model.insert(model.begin() + size / 2, 1000);
        fields.insert(size + 1, {1001, 0, 0, 0, Header::unknown});
        model.push_back(1001);
        CHECK(begins(fields) == model);

        FieldSpans copy = fields;
        const FieldSpans moved = std::move(fields);
        CHECK(begins(moved) == model);
        while (!model.empty()) {
            const std::size_t at = model.size() / 3;
            copy.erase(at);
            model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
            CHECK(begins(copy) == model);
        }
        copy.push_back({7, 0, 0, 0, Header::unknown});
        CHECK(begins(copy) == std::vector<std::uint32_t>{7});
        copy = moved;
        CHECK(copy.size() == size + 2);
        const FieldSpans& same = copy;
        copy = same;
        CHECK(begins(copy) == begins(moved));
        fields = {}; // what has been moved from is as good as new
        fields.push_back({8, 0, 0, 0, Header::unknown});
        CHECK(begins(fields) == std::vector<std::uint32_t>{8});
        copy = std::move(fields);
        CHECK(begins(copy) == std::vector<std::uint32_t>{8});
    }
}
