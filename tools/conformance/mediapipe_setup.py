"""Prepare MediaPipe 0.10.21 for comparisons: complete options, and all models without downloads.

MediaPipe's Python package loses the options of calculators whose messages nobody imports, and downloads the
models that its wheel lacks.
"""

from __future__ import annotations

import atexit
import importlib
import json
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MANIFEST = Path(__file__).resolve().parents[2] / "models" / "manifest.json"

LOST_OPTIONS = (
    "image.segmentation_smoothing_calculator_pb2",
    "util.refine_landmarks_from_heatmap_calculator_pb2",
    "util.visibility_copy_calculator_pb2",
)


def prepare_mediapipe(*folders: Path) -> None:
    """Import the lost options, and let MediaPipe find models in folders of mpgraph and mpgraph-models."""
    for name in LOST_OPTIONS:
        importlib.import_module(f"mediapipe.calculators.{name}")
    resources = _resources(folders)
    base: Any = importlib.import_module("mediapipe.python.solution_base")
    set_resource_dir = base.resource_util.set_resource_dir
    base.resource_util = SimpleNamespace(set_resource_dir=lambda _: set_resource_dir(str(resources)))
    downloads: Any = importlib.import_module("mediapipe.python.solutions.download_utils")
    downloads.download_oss_model = lambda path: None


def _resources(folders: tuple[Path, ...]) -> Path:
    """A folder with links to the files of MediaPipe's package and to the models that it lacks."""
    temporary = tempfile.TemporaryDirectory()
    atexit.register(temporary.cleanup)
    root = Path(temporary.name)
    package = Path(str(importlib.import_module("mediapipe").__file__)).parent
    files = {
        model["mediapipe_path"]: folder / model["file"]
        for model in json.loads(MANIFEST.read_text("utf-8"))["models"]
        for folder in folders
        if (folder / model["file"]).is_file()
    }
    files |= {
        file.relative_to(package.parent).as_posix(): file
        for file in (package / "modules").rglob("*")
        if file.is_file()
    }
    for path, file in files.items():
        link = root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)
    return root
