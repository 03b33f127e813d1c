#include "offhook/trace/cells.hpp"

#include "../catch.hpp"

using offhook::trace::Cells;
using namespace std::string_literals;

TEST_CASE("what a peer writes cannot command the terminal", "[trace][cells]") {
    struct Row {
        std::string text;
        std::string shown;
    };
    for (const Row& row : {
             Row{"Busy Here", "Busy Here"}, Row{"\x1b[31mred", "?[31mred"},
             Row{"a\0b\r\n\x7f"s, "a?b????"s.substr(0, 6)},
             Row{"gr\u00fc\u00df \u20ac \U0001f4de", "gr\u00fc\u00df \u20ac \U0001f4de"},
             Row{"\u0085", "??"}, // C1: next line
             Row{"\u202e"
                 "evil",
                 "???evil"}, // right-to-left override
             Row{"\u200b\u2066\ufeff", "?????????"}, Row{"\u061c\uffff", "?????"},
             Row{"\xc0\xaf", "??"},           // overlong "/"
             Row{"\xe0\x80\xaf", "???"},      // overlong
             Row{"\xed\xa0\x80", "???"},      // surrogate
             Row{"\xf4\x90\x80\x80", "????"}, // beyond U+10FFFF
             Row{"\xff\xe2\x82", "???"},      // no UTF-8, cut short
         }) {
        CAPTURE(row.shown);
        CHECK(Cells(row.text).text() == row.shown);
    }
}

TEST_CASE("a character is one cell, however many bytes", "[trace][cells]") {
    CHECK(Cells("\u2500\u25b6x").size() == 3);
    CHECK(Cells("").size() == 0);
}

TEST_CASE("a text too long ends in an ellipsis", "[trace][cells]") {
    CHECK(Cells("INVITE").elided(6).text() == "INVITE");
    CHECK(Cells("INVITE").elided(5).text() == "INVI\u2026");
    CHECK(Cells("INVITE").elided(0).text() == "");
}

TEST_CASE("a text wraps at blanks, or where there are none in the word", "[trace][cells]") {
    const auto wrapped = [](const char* text, std::size_t width) {
        std::string lines;
        for (const Cells& line : Cells(text).wrapped(width))
            lines += line.text() + "|";
        return lines;
    };
    CHECK(wrapped("bye needs the ACK", 9) == "bye needs|the ACK|");
    CHECK(wrapped("bye needs the ACK", 8) == "bye|needs|the ACK|");
    CHECK(wrapped("bye", 9) == "bye|");
    CHECK(wrapped("abcdefgh", 3) == "abc|def|gh|");
    CHECK(wrapped("", 3) == "");
}

TEST_CASE("what is put beyond the end is cut off", "[trace][cells]") {
    Cells row(6, " ");
    row.put(2, Cells("abcdef"));
    row.put(9, Cells("x"));
    CHECK(row.text() == "  abcd");
}

TEST_CASE("a colour begins and ends with the cells that have it", "[trace][cells]") {
    Cells row("abcdef");
    row.paint(1, 3, "31");
    row.paint(4, 9, "1;36"); // no further than the row
    row.paint(6, 9, "2");
    row.paint(0, 1, "");
    CHECK(row.text() == "a\x1b[31mbc\x1b[0md\x1b[1;36mef\x1b[0m");
}
