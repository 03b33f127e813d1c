// The state machines that the library runs, drawn from its own tables: as Mermaid for Markdown, or
// with --dot for Graphviz. With --check FILE: whether the Markdown file shows them as they are.

#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "offhook/trace/state_diagram.hpp"

using namespace offhook;

std::string section(const trace::StateDiagram& diagram) {
    return "<details><summary>" + diagram.title + "</summary>\n\n```mermaid\n"
           + trace::mermaid(diagram) + "```\n</details>\n";
}

int check(const char* path) {
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    int missing = 0;
    for (const trace::StateDiagram& diagram : trace::state_diagrams()) {
        if (text.find(section(diagram)) != std::string::npos) continue;
        std::cerr << path << " does not show this as it is:\n" << section(diagram);
        ++missing;
    }
    return missing == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
    if (argc == 3 && std::strcmp(argv[1], "--check") == 0) return check(argv[2]);
    const bool dot = argc == 2 && std::strcmp(argv[1], "--dot") == 0;
    if (argc > 1 && !dot) {
        std::cerr << "usage: states [--dot | --check FILE]\n";
        return 2;
    }
    for (const trace::StateDiagram& diagram : trace::state_diagrams())
        std::cout << (dot ? trace::dot(diagram) : section(diagram));
}
