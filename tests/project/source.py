"""What the tests of the sources share: the files, their text without comments, their includes."""
import re
from pathlib import Path

LAYERS = ["core", "message", "transaction", "auth", "dialog", "subscription", "session", "endpoint",
          "trace", "net", "sim"]


def headers(root):
    """Every header under root/include, as a path relative to root/include."""
    include = Path(root) / "include"
    return sorted(str(path.relative_to(include)) for path in include.rglob("*.hpp"))


def layer_of(header):
    """"message" for "offhook/message/uri.hpp"; "" for the umbrella, which is above them all."""
    parts = header.split("/")
    return parts[1] if len(parts) > 2 else ""


def includes(text):
    """(line number, name, whether it is in <>) of every #include."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            found.append((number, match[2], match[1] == "<"))
    return found


def code(text):
    """The text with comments and the insides of literals blanked, line numbers kept."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\''
    return re.sub(pattern, lambda match: re.sub(r"[^\n]", " ", match[0]), text, flags=re.S)


def report(what, problems):
    """Ends the test: prints the problems, or what has been found in order."""
    for problem in problems:
        print(problem)
    print(f"{what}: {len(problems)} problem{'s' * (len(problems) != 1)}")
    raise SystemExit(1 if problems else 0)
