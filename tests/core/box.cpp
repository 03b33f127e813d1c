#include "offhook/core/box.hpp"

#include "../catch.hpp"

#include <string>
#include <utility>

using namespace offhook;

TEST_CASE("an empty box holds nothing and costs a pointer", "[core]") {
    Box<std::string> box;
    CHECK_FALSE(box);
    CHECK(sizeof box == sizeof(void*));
    box.reset();
    CHECK_FALSE(Box<std::string>(box));
}

TEST_CASE("a copy of a box has a value of its own", "[core]") {
    Box<std::string> box = std::string("a");
    Box<std::string> copy = box;
    *copy = "b";
    CHECK(*box == "a");
    box = copy;
    copy->append("c");
    CHECK(*box == "b");
    CHECK(*std::as_const(copy) == "bc");
    CHECK(std::as_const(copy)->size() == 2);
}

TEST_CASE("a moved box takes its value along", "[core]") {
    Box<std::string> box = std::string("a");
    Box<std::string> moved = std::move(box);
    CHECK(*moved == "a");
    moved = std::string("b");
    CHECK(*moved == "b");
    moved.reset();
    CHECK_FALSE(moved);
    box = std::string("again");
    CHECK(*box == "again");
}
