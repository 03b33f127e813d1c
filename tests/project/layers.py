#!/usr/bin/env python3
"""A layer knows only what is below it: fails with each include that runs the wrong way."""
import sys
from pathlib import Path

import source

BELOW = {layer: set(source.LAYERS[:n]) for n, layer in enumerate(source.LAYERS)}
# The session logic runs on any message type and on any transaction layer.
for layer in ("dialog", "subscription", "session"):
    BELOW[layer] -= {"transaction", "auth"}
# What is optional stands beside each other: only the simulated network draws.
BELOW["net"] -= {"trace", "sim"}
BELOW["sim"] -= {"net"}
OPTIONAL = {"trace", "net", "sim"}
OWN_MESSAGE = {"offhook/message/message.hpp", "offhook/message/message_model.hpp",
               "offhook/message/validate.hpp", "offhook/message/stream_framer.hpp"}


def closure(header, graph):
    """All that a header drags in, itself left out."""
    seen, todo = set(), [header]
    while todo:
        for _, target in graph.get(todo.pop(), []):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def problems(root="."):
    found, graph = [], {}
    names = source.headers(root)
    for header in names:
        text = (Path(root) / "include" / header).read_text()
        graph[header] = [(line, name) for line, name, _ in source.includes(text)
                         if name.startswith("offhook/")]
        layer = source.layer_of(header)
        if layer and layer not in source.LAYERS:
            found.append(f"include/{header}: {layer}/ is not a layer")
            continue
        for line, target in graph[header]:
            where, other = f"include/{header}:{line}", source.layer_of(target)
            if target not in names:
                found.append(f"{where}: there is no {target}")
            elif not layer:
                if other in OPTIONAL - {"trace"}:
                    found.append(f"{where}: the umbrella -> {other} ({target}), which is optional")
            elif not other:
                found.append(f"{where}: {layer} -> the umbrella ({target})")
            elif other != layer and other not in BELOW[layer]:
                found.append(f"{where}: {layer} -> {other} ({target}) runs upward")
    for header in names:
        if source.layer_of(header) in ("dialog", "subscription", "session"):
            for target in sorted(closure(header, graph) & OWN_MESSAGE):
                found.append(f"include/{header}: reaches {target}, so it knows our own message")
    return found


if __name__ == "__main__":
    source.report("layers", problems(*sys.argv[1:]))
