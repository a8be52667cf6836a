"""The files of the site that `mpgraph web` serves or writes: page, package, graphs, drawing.

A site needs no server of its own: the files can be put on any web host. Its service worker stores them in the
browser, so that the page works without a network.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.resources import demo_image, find_resource, shipped_graphs
from mpgraph.visualizer.html import page_html
from mpgraph.web.classic import classic_files
from mpgraph.web.export import graph_files
from mpgraph.web.package_files import package_files

PAGE = Path(__file__).parent / "page"

MODELS = {"general": 0, "landscape": 1}
"""The models of selfie segmentation, and the model_selection that selects them."""

_FOR_AUTHORS = (".d.ts", ".md", "/package.json")
"""Ends of names of files that no page loads."""

_PAGE_GRAPH = "selfie_page"
_SOLUTION_GRAPH = "selfie_segmentation"
_ICON_SIZES = (192, 512)
_LANDSCAPE_SIZE = (1280, 720)


def site_files(graph: str | os.PathLike[str] | None = None, *, model: str | None = None) -> dict[str, bytes]:
    """Return the content of each file of a site by its path.

    graph: a graph file to run instead of the effects, searched for as resources are; its input stream
        receives the images.
    model: "general" or "landscape" instead of the page's own choice, by the shape of the images.

    Raises:
        ResourceNotFoundError: there is no such graph file.
        ConfigError: the graph is not valid, or has calculators that pages lack.
        InvalidArgumentError: the graph has no input or no output stream, or an unknown model.
    """
    if model is not None and model not in MODELS:
        raise InvalidArgumentError(f'There is no model "{model}"; there are {" and ".join(MODELS)}.')
    package = {f"package/{name}": data for name, data in whole_package().items()}
    page = dict(_page_files())
    if graph is None:
        source: str | os.PathLike[str] = shipped_graphs() / "web" / f"{_PAGE_GRAPH}.pbtxt"
        for name, selection in MODELS.items():
            exported = graph_files(
                source, name=f"{_PAGE_GRAPH}_{name}", side_packets={"model_selection": selection}
            )
            # The models themselves are the package's.
            page |= {
                f"graphs/{file}": data for file, data in exported.items() if file.endswith(".graph.json")
            }
        own = None
    else:
        source = find_resource(graph)
        exported = graph_files(source, name="graph", side_packets={})
        page |= {f"graphs/{file}": data for file, data in exported.items()}
        own = _own_graph(json.loads(exported["graph.graph.json"]), source)
    page["graph.html"] = page_html([source], extras={"live": True}).encode("utf-8", "replace")
    page["site.json"] = json.dumps({"model": model, "graph": own}).encode()
    found = {**page, **package}
    return {**found, "sw.js": _service_worker(page["sw.js"], found)}


def whole_package() -> dict[str, bytes]:
    """Return the files of the JavaScript package, those that are generated included, by their paths in it."""
    found = dict(package_files())
    for name, selection in MODELS.items():
        found |= {
            f"graphs/{file}": data
            for file, data in graph_files(
                shipped_graphs() / "web" / f"{_SOLUTION_GRAPH}.pbtxt",
                name=f"{_SOLUTION_GRAPH}_{name}",
                side_packets={"model_selection": selection},
            ).items()
        }
    return found | classic_files(lambda path: found[path].decode())


@lru_cache(maxsize=1)
def _page_files() -> Mapping[str, bytes]:
    """The files of page/, and the images that are made from code."""
    found = {file.name: file.read_bytes() for file in PAGE.iterdir() if file.name != "tsconfig.json"}
    icon = found["icon.svg"].decode()
    found |= {f"icon-{size}.png": _png(icon, size) for size in _ICON_SIZES}
    return found | {"sample.jpg": demo_image().read_bytes(), "dusk.jpg": _dusk()}


def _png(svg: str, size: int) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True))


def _dusk() -> bytes:
    """The landscape of `mpgraph demo`, as the page's first background."""
    import cv2

    from mpgraph.effects.landscape import landscape

    pixels = cv2.cvtColor(landscape(*_LANDSCAPE_SIZE), cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])


def _own_graph(description: Mapping[str, Any], source: str | os.PathLike[str]) -> dict[str, Any]:
    """The entry of site.json for a graph of the user's."""
    inputs, outputs = description["inputs"], description["outputs"]
    if len(inputs) != 1 or not outputs:
        raise InvalidArgumentError(
            f"{os.fspath(source)}: the page sends images into one input stream and shows output streams; "
            f"here are the input streams [{', '.join(inputs)}] and output streams [{', '.join(outputs)}]."
        )
    name = os.path.basename(source)
    return {"name": name, "url": "graphs/graph.graph.json", "video": inputs[0], "outputs": outputs}


def _service_worker(template: bytes, found: Mapping[str, bytes]) -> bytes:
    """sw.js with the names of all files, and a version that changes with any of them."""
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(f"{name}\0".encode() + hashlib.sha256(found[name]).digest())
    used = {name for name in found if not name.endswith(_FOR_AUTHORS)}
    names = sorted({"./", *used} - {"sw.js"})
    text = template.decode()
    text = text.replace('const VERSION = "";', f'const VERSION = "{digest.hexdigest()[:16]}";', 1)
    return text.replace("const FILES = [];", f"const FILES = {json.dumps(names, indent=2)};", 1).encode()
