#ifndef OFFHOOK_TESTS_TRACE_XML_HPP
#define OFFHOOK_TESTS_TRACE_XML_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/trace/visible.hpp"

namespace offhook::test {

struct Element {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes = {};

    std::string attribute(std::string_view wanted) const {
        for (const auto& [key, value] : attributes)
            if (key == wanted) return value;
        return {};
    }
};

/// Reads the little XML that pictures are made of; what breaks its rules goes to `problem`.
inline std::vector<Element> elements(std::string_view text, std::string* problem = nullptr) {
    std::vector<Element> all;
    std::vector<std::string> open;
    const auto wrong = [&](const std::string& what) {
        if (problem && problem->empty())
            *problem = what + " before: " + std::string(text.substr(0, 60));
    };
    const auto name = [&] {
        std::size_t end = 0;
        while (end < text.size() && text.find_first_of(" />=", end) != end)
            ++end;
        const std::string taken(text.substr(0, end));
        text.remove_prefix(end);
        return taken;
    };
    while (!text.empty()) {
        if (text.front() == '&') {
            bool known = false;
            for (const char* const entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
                known = known || text.starts_with(entity);
            if (!known) wrong("no entity");
        }
        if (text.front() != '<') {
            const bool space = text.front() == '\n' || text.front() == '\t';
            const std::size_t size = space ? 1 : trace::visible_character(text);
            if (size == 0 || text.front() == '>') {
                // The rules of a style sheet may hold one.
                if (text.front() != '>' || open.empty() || open.back() != "style")
                    wrong("no character");
            }
            text.remove_prefix(size == 0 ? 1 : size);
            continue;
        }
        text.remove_prefix(1);
        if (text.starts_with('/')) {
            text.remove_prefix(1);
            const std::string closed = name();
            if (open.empty() || open.back() != closed) wrong("</" + closed + "> closes nothing");
            if (!open.empty()) open.pop_back();
            text.remove_prefix(text.empty() ? 0 : 1);
            continue;
        }
        Element element{name()};
        while (text.starts_with(' ')) {
            text.remove_prefix(1);
            const std::string key = name();
            const std::size_t end = text.find('"', 2);
            if (!text.starts_with("=\"") || end == text.npos) {
                wrong("no attribute");
                break;
            }
            for (const auto& [known, value] : element.attributes)
                if (known == key) wrong(key + " twice");
            element.attributes.emplace_back(key, text.substr(2, end - 2));
            if (element.attributes.back().second.find('<') != std::string::npos)
                wrong("< in " + key);
            text.remove_prefix(end + 1);
        }
        if (text.starts_with("/>")) {
            text.remove_prefix(2);
        } else if (text.starts_with('>')) {
            text.remove_prefix(1);
            open.push_back(element.name);
        } else {
            wrong("no end of <" + element.name);
            break;
        }
        all.push_back(std::move(element));
    }
    if (!open.empty()) wrong("<" + open.back() + "> is open");
    return all;
}

/// Why it is no well-formed XML; "" where it is.
inline std::string ill_formed(std::string_view text) {
    std::string problem;
    elements(text, &problem);
    return problem;
}

} // namespace offhook::test

#endif
