"""The page as one self-contained HTML file, whose Content-Security-Policy permits no requests."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from mpgraph.errors import InternalError
from mpgraph.visualizer.bundle import bundle, source_of
from mpgraph.visualizer.graph_files import graph_data, without_folders
from mpgraph.visualizer.structure import structure_of
from mpgraph.visualizer.visible import Expand, expanded_ids

_STYLES = ("page/page.css", "page/marks.css", "page/live.css")
# Characters that could end a `<script>` element or open another, and JavaScript's former line ends.
_UNSAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def to_html(*sources: object) -> str:
    """Return a self-contained interactive page: subgraphs can be opened, and text and drawing are linked.

    sources: graphs as `structure_of` accepts them. Raises as `structure_of`.
    """
    return page_html(sources)


def page_html(
    sources: Sequence[object],
    *,
    diff: bool = False,
    expand: Expand = "none",
    dark: bool = False,
    extras: Mapping[str, object] | None = None,
) -> str:
    """Return a page with drawings and texts of graphs.

    sources: graphs as `structure_of` accepts them; the first is shown.
    diff: show how the second differs from the first.
    expand: the subgraphs of the first graph that are initially open, as in `expanded_ids`.
    dark: start with the dark theme, whatever the system's setting.
    extras: data for extensions of the page, by name.

    The output is deterministic and does not depend on where the files are. Raises as `structure_of`.
    """
    structures = [structure_of(source) for source in sources]
    expanded = expanded_ids(structures[0].graph, expand) if structures else ()
    graphs = [without_folders(graph_data(structure)) for structure in structures]
    return assemble(page_data("file", graphs, diff=diff, expanded=expanded, dark=dark, extras=extras))


def page_data(
    mode: str,
    graphs: Sequence[dict[str, Any]],
    *,
    diff: bool = False,
    expanded: Sequence[str] = (),
    dark: bool = False,
    extras: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Return PageData of web/page/data.js; `mode` is "file" or "served"."""
    page = {"mode": mode, "graphs": list(graphs), "diff": diff, "expanded": list(expanded), "dark": dark}
    return page | {"extras": dict(extras or {})}


def assemble(data: Mapping[str, Any]) -> str:
    """Return the HTML of a page. data: PageData of web/page/data.js."""
    template, style, script = _parts()
    title = html.escape(str(data["graphs"][0]["name"])) if data["graphs"] else "mpgraph"
    policy = content_policy() if data["mode"] == "file" else ""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n' if policy else ""
    head, _, rest = template.partition("<title>mpgraph</title>\n")
    body, _, end = rest.partition("</body>")
    titled = f"{meta}<title>{title} · mpgraph</title>\n<style>{style}</style>\n"
    content = f'<script type="application/json" id="mpgraph-page">{script_json(data)}</script>\n'
    page = f"{head}{titled}{body}{content}<script>{script}</script>\n</body>{end}"
    return page.encode("utf-8", "replace").decode()  # The name of a file may be no valid text.


def content_policy(connect: str = "'none'") -> str:
    """Return the page's Content-Security-Policy, which permits only its own script and style, by hash.

    connect: the source list for requests.
    """
    _, style, script = _parts()
    images = "data: blob:" if connect == "'none'" else f"{connect} data: blob:"
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        f"connect-src {connect}; img-src {images}; base-uri 'none'; form-action 'none'"
    )


def script_json(value: object) -> str:
    """Return JSON that is safe inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # Lone surrogates cannot be encoded as UTF-8, so they are escaped.
    text = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text.translate(_UNSAFE)


@lru_cache(maxsize=1)
def _parts() -> tuple[str, str, str]:
    """The template, style and script of every page."""
    style, script = "\n".join(source_of(name) for name in _STYLES), bundle("page/main.js")
    for text, end in ((style, "</style"), (script, "</script")):
        if end in text.lower():
            raise InternalError(f"The page's own files must not contain {end!r}.")
    return source_of("index.html"), style, script


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
