"""The files of the JavaScript package, as it is served, exported and published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mpgraph.gpu import shader
from mpgraph.gpu.shader import load_shader, shader_names
from mpgraph.inference.webgpu import packing

PACKAGE = Path(__file__).parent / "package"


def package_files() -> dict[str, bytes]:
    """Return the package's files by their path in it; shaders.json is made of the WGSL files here."""
    files = {
        file.relative_to(PACKAGE).as_posix(): file.read_bytes()
        for file in sorted(PACKAGE.rglob("*"))
        if file.is_file() and file.name != "tsconfig.json"
    }
    return {**files, "shaders.json": json.dumps(shaders(), separators=(",", ":")).encode()}


def shaders() -> dict[str, dict[str, Any]]:
    """Every kernel by name: its linked WGSL, the entries of its bind group layout, and its workgroup size."""
    found = {}
    for folder in (shader.FOLDER, packing.KERNELS):
        for name in shader_names(folder):
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
