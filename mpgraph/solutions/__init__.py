"""Solutions: complete pipelines behind a few calls, with the API of MediaPipe's `mp.solutions`."""

from __future__ import annotations

import importlib
from types import ModuleType

_MODULES = ("drawing_utils", "selfie_segmentation")

__all__ = ["drawing_utils", "selfie_segmentation"]


def __getattr__(name: str) -> ModuleType:
    if name in _MODULES:
        return importlib.import_module(f"mpgraph.solutions.{name}")
    raise AttributeError(f"mpgraph.solutions has no {name!r}; it has {', '.join(_MODULES)}.")


def __dir__() -> list[str]:
    return sorted(_MODULES)
