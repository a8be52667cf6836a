"""Layout and drawing without a browser: the page's JavaScript modules, run by QuickJS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mpgraph.errors import InternalError
from mpgraph.visualizer.bundle import bundle

# Enough for a hundred nested subgraphs, and below the stack size of any thread.
_STACK_BYTES = 768 * 1024
_MEMORY_BYTES = 2 * 2**30


def run(entry: str, function: str, *arguments: Any) -> Any:
    """Call an exported function of a module below web/ with JSON values; return its result.

    Raises InternalError if the script fails, which is a bug in it, whatever the graph.
    """
    # Imported late since only drawing needs it; directly, since the package `quickjs` starts a thread.
    import _quickjs

    context = _quickjs.Context()
    context.set_max_stack_size(_STACK_BYTES)
    context.set_memory_limit(_MEMORY_BYTES)
    values = ", ".join(f"JSON.parse({json.dumps(json.dumps(value))})" for value in arguments)
    try:
        result = context.eval(f"{bundle(entry)}\nJSON.stringify(mpgraphVisualizer.{function}({values}));")
    except _quickjs.JSException as error:
        raise InternalError(f"The drawing failed in {entry}: {error}") from error
    return json.loads(result)


def svg_text(graph: Mapping[str, Any], layout: Mapping[str, Any], draw: Mapping[str, Any]) -> str:
    """Return the SVG of a graph.

    graph: the JSON of the model.
    layout, draw: Settings of web/layout/types.js and DrawSettings of web/draw/draw.js.
    """
    text = run("static.js", "svg", graph, layout, draw)
    assert isinstance(text, str)
    return text
