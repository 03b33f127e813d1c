#include "offhook/trace/state_diagram.hpp"

#include "../catch.hpp"

#include <algorithm>
#include <set>
#include <string>

using namespace offhook;
using trace::StateDiagram;

TEST_CASE("a state machine is drawn as its table has it", "[trace][rfc3261][17]") {
    const auto diagrams = trace::state_diagrams();
    REQUIRE(diagrams.size() == 8);
    // RFC 3261 figure 6
    CHECK(trace::mermaid(diagrams[1])
          == "stateDiagram-v2\n"
             "    [*] --> Initial\n"
             "    Initial --> Trying : request\n"
             "    Trying --> Trying : Timer E\n"
             "    Trying --> Terminated : Timer F, transport error\n"
             "    Trying --> Proceeding : 1xx\n"
             "    Trying --> Completed : 2xx, 300–699\n"
             "    Proceeding --> Proceeding : Timer E, 1xx\n"
             "    Proceeding --> Terminated : Timer F, transport error\n"
             "    Proceeding --> Completed : 2xx, 300–699\n"
             "    Completed --> Terminated : Timer K\n");
    CHECK(trace::dot(StateDiagram{"A machine", "One", {{"One", "Two", "a step"}}, {}})
          == "digraph \"A machine\" {\n"
             "    node [shape=box, style=rounded]\n"
             "    \"\" [shape=point]\n"
             "    \"\" -> One\n"
             "    One -> Two [label=\"a step\"]\n"
             "}\n");
}

TEST_CASE("no label ends a line of Mermaid before its time", "[trace]") {
    StateDiagram diagram{"A machine", "One"};
    diagram.add("One", "Two", "now: a; b");
    CHECK(trace::mermaid(diagram).ends_with("One --> Two : now – a – b\n"));
}

TEST_CASE("every state of a diagram is reached from its first one", "[trace]") {
    for (const StateDiagram& diagram : trace::state_diagrams()) {
        CAPTURE(diagram.title);
        CHECK_FALSE(diagram.source.empty());
        std::set<std::string> reached = {diagram.first};
        for (std::size_t before = 0; before != reached.size();) {
            before = reached.size();
            for (const auto& arrow : diagram.arrows)
                if (reached.contains(arrow.from)) reached.insert(arrow.to);
        }
        for (const auto& arrow : diagram.arrows) {
            CHECK(reached.contains(arrow.from));
            CHECK_FALSE(arrow.what.empty());
            CHECK_FALSE(arrow.what.starts_with(", "));
            CHECK_FALSE(arrow.what.ends_with(", "));
        }
    }
}
