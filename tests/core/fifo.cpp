#include "offhook/core/fifo.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

TEST_CASE("what waits comes out in the order in which it went in", "[core]") {
    Fifo<std::string> fifo;
    CHECK(fifo.empty());
    CHECK_FALSE(fifo.pop());
    fifo.push("a");
    fifo.push("b");
    CHECK(fifo.size() == 2);
    CHECK(fifo.pop() == "a");
    fifo.push("c");
    CHECK(fifo.pop() == "b");
    CHECK(fifo.pop() == "c");
    CHECK_FALSE(fifo.pop());
    CHECK(fifo.empty());
}

TEST_CASE("a queue that is never wholly drained keeps its order", "[core]") {
    Fifo<int> fifo;
    int in = 0;
    int out = 0;
    for (int i = 0; i < 50; ++i)
        fifo.push(in++);
    for (int i = 0; i < 1000; ++i) {
        fifo.push(in++);
        REQUIRE(fifo.pop() == out++);
        REQUIRE(fifo.size() == 50);
    }
    while (const auto value = fifo.pop())
        REQUIRE(*value == out++);
    CHECK(in == out);
}
