"""The files of the JavaScript package, as it is served, exported and published."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from mpgraph.gpu import shader
from mpgraph.gpu.shader import load_shader, shader_names
from mpgraph.inference.webgpu import packing
from mpgraph.visualizer.bundle import bundle
from mpgraph.web.calculators import IMAGE_KERNELS

PACKAGE = Path(__file__).parent / "package"

_COMMENT = re.compile(r"/\*\*.*?\*/[^\S\n]*|^\s*//[^\n]*\n", re.DOTALL | re.MULTILINE)
"""Comments of JavaScript, which are at the beginning of lines, or types."""


@lru_cache(maxsize=1)
def package_files() -> Mapping[str, bytes]:
    """Return the package's files by their path in it.

    shaders.json is made of the WGSL files here. worker.js is one file, with the modules that it imports:
    loaded one by one, these would cost a page a round trip for each level of imports.
    """
    files = {
        file.relative_to(PACKAGE).as_posix(): file.read_bytes()
        for file in sorted(PACKAGE.rglob("*"))
        if file.is_file() and file.name != "tsconfig.json"
    }
    worker = bundle("worker.js", "worker", lambda path: _COMMENT.sub("", files[path].decode()))
    made = {
        "worker.js": worker.encode(),
        "shaders.json": json.dumps(shaders(), separators=(",", ":")).encode(),
    }
    return {**files, **made}


def shaders() -> dict[str, dict[str, Any]]:
    """Each kernel by name: its linked WGSL, the entries of its bind group layout, and its workgroup size."""
    found = {}
    for folder, names in ((shader.FOLDER, IMAGE_KERNELS), (packing.KERNELS, shader_names(packing.KERNELS))):
        for name in names:
            kernel = load_shader(name, folder)
            found[name] = {
                "text": kernel.text,
                "workgroup": list(kernel.workgroup),
                "bindings": [{"binding": number, **_camel(entry)} for number, entry in kernel.bindings],
            }
    return found


def _camel(entry: Any) -> Any:
    """An entry in JavaScript's spelling: has_dynamic_offset as hasDynamicOffset."""
    if not isinstance(entry, dict):
        return entry
    return {_camel_name(name): _camel(value) for name, value in entry.items()}


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
