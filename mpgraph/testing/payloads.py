"""Deterministic detections, landmarks, rectangles, tensors and matrices for tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mpgraph.formats.matrix import Matrix
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.protos import detection_pb2, landmark_pb2, location_data_pb2, rect_pb2


def detection(
    box: tuple[float, float, float, float] = (0.25, 0.25, 0.5, 0.5), label: str = "person", score: float = 0.9
) -> Any:
    """Create a Detection message with one label and a relative box: left, top, width, height."""
    left, top, width, height = box
    location = location_data_pb2.LocationData(
        format=location_data_pb2.LocationData.RELATIVE_BOUNDING_BOX,
        relative_bounding_box=location_data_pb2.LocationData.RelativeBoundingBox(
            xmin=left, ymin=top, width=width, height=height
        ),
    )
    return detection_pb2.Detection(label=[label], score=[score], location_data=location)


def normalized_landmarks(count: int = 5) -> Any:
    """Create a NormalizedLandmarkList of `count` points on the diagonal from (0, 0, 0) to (1, 1, -1)."""
    return landmark_pb2.NormalizedLandmarkList(
        landmark=[
            landmark_pb2.NormalizedLandmark(x=part, y=part, z=-part, visibility=1.0)
            for part in (index / max(count - 1, 1) for index in range(count))
        ]
    )


def landmarks(count: int = 5, size: float = 100.0) -> Any:
    """Create a LandmarkList: the points of `normalized_landmarks` multiplied by `size`."""
    points = normalized_landmarks(count).landmark
    return landmark_pb2.LandmarkList(
        landmark=[
            landmark_pb2.Landmark(x=point.x * size, y=point.y * size, z=point.z * size, visibility=1.0)
            for point in points
        ]
    )


def normalized_rect(
    x_center: float = 0.5,
    y_center: float = 0.5,
    width: float = 0.5,
    height: float = 0.5,
    rotation: float = 0.0,
) -> Any:
    """Create a NormalizedRect, relative to the image; `rotation` is in radians, clockwise."""
    return rect_pb2.NormalizedRect(
        x_center=x_center, y_center=y_center, width=width, height=height, rotation=rotation
    )


def rect(x_center: int = 8, y_center: int = 6, width: int = 8, height: int = 6, rotation: float = 0.0) -> Any:
    """Create a Rect in pixels; `rotation` is in radians, clockwise."""
    return rect_pb2.Rect(x_center=x_center, y_center=y_center, width=width, height=height, rotation=rotation)


def tensor(
    shape: Sequence[int] = (1, 2, 3),
    dtype: Any = np.float32,
    *,
    seed: int | None = None,
    name: str = "",
    quantization: Quantization | None = None,
) -> Tensor:
    """Create a tensor of 0, 1, 2 ... in C order, or of random values if a `seed` is given.

    Random floats are in [0, 1), random integers in 0..99.
    """
    size = int(np.prod(tuple(shape)))
    element = np.dtype(dtype)
    if seed is None:
        values: np.ndarray[Any, np.dtype[Any]] = np.arange(size)
    else:
        random = np.random.default_rng(seed)
        values = random.random(size) if element.kind == "f" else random.integers(0, 100, size)
    return Tensor(values.astype(element).reshape(tuple(shape)), name=name, quantization=quantization)


def matrix(rows: int = 2, columns: int = 3) -> Matrix:
    """Create a Matrix of 0, 1, 2 ... along its rows."""
    return Matrix(np.arange(rows * columns, dtype=np.float32).reshape(rows, columns))
