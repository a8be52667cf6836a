"""The package's modules as scripts for `<script src>`, under the names that MediaPipe's packages have.

MediaPipe's documentation loads `@mediapipe/NAME/NAME.js` with classic scripts, whose names are global at
once. A page written so runs with these scripts when the part of the addresses before NAME is changed.
"""

from __future__ import annotations

from collections.abc import Callable

from mpgraph.visualizer.bundle import bundle

NAMES = ("camera_utils", "control_utils", "drawing_utils", "selfie_segmentation")
"""The packages of MediaPipe, which are modules of ours."""

STYLE_SHEETS = ("control_utils",)
"""Those with a style sheet of the same name."""


def classic_files(source: Callable[[str], str]) -> dict[str, bytes]:
    """Return the scripts and style sheets by their paths in the package.

    source: returns the text of a file of the package by its path.
    """
    files = {f"classic/{name}/{name}.js": _script(name, source).encode() for name in NAMES}
    files |= {f"classic/{name}/{name}.css": source(f"{name}.css").encode() for name in STYLE_SHEETS}
    return files


def _script(name: str, source: Callable[[str], str]) -> str:
    text = bundle(f"{name}.js", "exported", source)
    # In a classic script, too, import() is relative to the script's own address.
    text = text.replace('import("./', 'import("../../')
    return f"(() => {{\n{text}Object.assign(globalThis, exported);\n}})();\n"
