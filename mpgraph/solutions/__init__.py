"""Solutions: complete pipelines behind a few calls, with the API of MediaPipe's `mp.solutions`."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `X as X` is how type checkers recognize a name as public.
    from mpgraph.solutions import drawing_styles as drawing_styles
    from mpgraph.solutions import drawing_utils as drawing_utils
    from mpgraph.solutions import face_detection as face_detection
    from mpgraph.solutions import face_mesh as face_mesh
    from mpgraph.solutions import face_mesh_connections as face_mesh_connections
    from mpgraph.solutions import hands as hands
    from mpgraph.solutions import hands_connections as hands_connections
    from mpgraph.solutions import holistic as holistic
    from mpgraph.solutions import objectron as objectron
    from mpgraph.solutions import pose as pose
    from mpgraph.solutions import pose_connections as pose_connections
    from mpgraph.solutions import selfie_segmentation as selfie_segmentation

__all__ = [
    "drawing_styles",
    "drawing_utils",
    "face_detection",
    "face_mesh",
    "face_mesh_connections",
    "hands",
    "hands_connections",
    "holistic",
    "objectron",
    "pose",
    "pose_connections",
    "selfie_matte",
    "selfie_segmentation",
]


if not TYPE_CHECKING:  # Otherwise type checkers would accept any name.

    def __getattr__(name: str) -> ModuleType:
        if name in __all__:
            return importlib.import_module(f"{__name__}.{name}")
        raise AttributeError(f"{__name__} has no {name!r}; it has {', '.join(__all__)}.")


def __dir__() -> list[str]:
    return sorted(__all__)
