"""Record MediaPipe's default drawing styles, with MediaPipe 0.10.21.

    PEER tools/conformance/record_drawing_styles.py

writes tests/solutions/recorded/drawing_styles.json: for each call a list of styles, each with the landmarks
or connections that have it, none if it is for all.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "tests" / "solutions" / "recorded" / "drawing_styles.json"
CALLS = [
    ("get_default_hand_landmarks_style", []),
    ("get_default_hand_connections_style", []),
    ("get_default_face_mesh_contours_style", []),
    ("get_default_face_mesh_contours_style", [1]),
    ("get_default_face_mesh_contours_style", [2]),
    ("get_default_face_mesh_tesselation_style", []),
    ("get_default_face_mesh_iris_connections_style", []),
    ("get_default_pose_landmarks_style", []),
]


def fields(spec: Any) -> tuple[Any, ...]:
    """The fields of a DrawingSpec."""
    return tuple(spec.color), spec.thickness, spec.circle_radius


def grouped(style: Any) -> list[Any]:
    """The fields of each style and its sorted keys."""
    if not hasattr(style, "items"):
        return [[fields(style), []]]
    keys: dict[Any, list[Any]] = {}
    for key, spec in style.items():
        keys.setdefault(fields(spec), []).append(list(key) if isinstance(key, tuple) else int(key))
    return [[spec, sorted(found)] for spec, found in sorted(keys.items())]


def main() -> None:
    """Record all calls."""
    styles = importlib.import_module("mediapipe.python.solutions.drawing_styles")
    rows = [
        {"call": name, "arguments": arguments, "styles": grouped(getattr(styles, name)(*arguments))}
        for name, arguments in CALLS
    ]
    text = ",\n".join(json.dumps(row) for row in rows)
    FILE.write_text(f"[\n{text}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
