#!/usr/bin/env python3
"""The tests of the sources can fail: each rule is broken once in a small tree of its own."""
import tempfile
from pathlib import Path

import documented
import faults
import hygiene
import layers
import source

failures = []


def tree(files):
    root = tempfile.TemporaryDirectory()
    for name, text in files.items():
        path = Path(root.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def expect(what, problems, wanted):
    ok = any(wanted in problem for problem in problems) if wanted else not problems
    if not ok:
        failures.append(f"{what}: wanted {wanted or 'nothing'!r}, got {problems}")


def include(header, *names):
    return {f"include/offhook/{header}": "".join(f"#include {name}\n" for name in names)}


URI = include("message/uri.hpp")
for what, files, wanted in [
        ("downward", URI | include("dialog/dialog.hpp", '"offhook/message/uri.hpp"'), ""),
        ("upward", URI | include("core/slab.hpp", '"offhook/message/uri.hpp"'),
         "core -> message (offhook/message/uri.hpp) runs upward"),
        ("missing", include("core/slab.hpp", '"offhook/core/gone.hpp"'), "there is no"),
        ("transaction in session",
         include("transaction/key.hpp") | include("session/a.hpp", '"offhook/transaction/key.hpp"'),
         "session -> transaction"),
        ("own message, by a detour",
         include("message/message.hpp") | include("message/a.hpp", '"offhook/message/message.hpp"')
         | include("dialog/b.hpp", '"offhook/message/a.hpp"'), "knows our own message"),
        ("optional layer in the umbrella",
         include("net/loop.hpp") | include("offhook.hpp", '"offhook/net/loop.hpp"'), "optional"),
        ("unknown folder", include("misc/a.hpp"), "not a layer")]:
    with tree(files) as root:
        expect(what, layers.problems(root), wanted)


def header(body, path="core/a.hpp"):
    guard = "OFFHOOK_" + path.replace("/", "_").replace(".", "_").upper()
    text = f"#ifndef {guard}\n#define {guard}\n{body}\n#endif\n"
    return {f"include/offhook/{path}": text}


TEST = 'TEST_CASE("a", "[a]") {}\n'
for what, files, wanted in [
        ("clean", header('#include <string>\nstruct A {}; // throw\nauto b = "throw";'), ""),
        ("throw", header("void f() { throw 1; }"), ":3: throws"),
        ("system header", header("#include <sys/socket.h>"), "<sys/socket.h>"),
        ("system header in net", header("#include <sys/socket.h>", "net/a.hpp"), ""),
        ("dear header", header("#include <functional>"), "<functional>"),
        ("clock", header("auto t = std::chrono::steady_clock::now();"), "reads a clock"),
        ("long", header("\n" * 400), "is it one noun?"),
        ("mark", header("// TO" "DO: later"), "is left"),
        ("guard", {"include/offhook/core/a.hpp": "#pragma once\n"}, "OFFHOOK_CORE_A_HPP"),
        ("same name twice", {"tests/core/a.cpp": TEST, "tests/sim/b.cpp": TEST}, "is taken by"),
        ("own header second", header("") | {"tests/core/a.cpp": '#include "../catch.hpp"\n'},
         "includes offhook/core/a.hpp first")]:
    with tree(files) as root:
        expect(what, hygiene.problems(root), wanted)

DOX = {"tests/project/namespaces.dox": "/// \\namespace offhook\n/// A.\n"}
for what, body, wanted in [
        ("comment", "/// A.\nstruct A {};\n/// B.\nvoid f(const A& a);", ""),
        ("no comment of a function", "void f(int a);", "a.hpp:4: warning: Member f"),
        ("no comment of a member", "/// A.\nstruct A {\n    int b;\n};", "Member b (variable)"),
        ("what doxygen cannot read", "/// A <tag>.\nvoid f();", "<tag>"),
        ("private", "/// A.\nclass A {\n    int b;\n};", ""),
        ("detail", "namespace detail {\nint c();\n}", "")]:
    with tree(header(f"namespace offhook {{\n{body}\n}}") | DOX) as root:
        if documented.version() == documented.VERSION:
            expect(what, documented.problems(root), wanted)
ROWS = [f"{number}\tsomething\ta\n" for number in range(1, faults.FAULTS + 1)]
for what, rows, wanted in [
        ("all faults", ROWS, ""),
        ("a fault without a row", ROWS[1:], "fault 1 is missing"),
        ("a fault without a test", ROWS + ["7\tsomething\tb\n"], 'no test is called "b"')]:
    with tree({"tests/core/a.cpp": TEST, "tests/fault/faults.tsv": "".join(rows)}) as root:
        expect(what, faults.problems(root), wanted)

source.report("self_test", failures)
