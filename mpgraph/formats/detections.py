"""Detections as arrays, for calculators to compute with; graphs pass lists of Detection messages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import message_type

Floats = npt.NDArray[np.float32]

DETECTION = message_type("mediapipe.Detection")

DETECTIONS = packet_type.vector(DETECTION)
"""A list of Detection messages."""

RELATIVE_BOUNDING_BOX = 2  # LocationData.Format

# LocationData.relative_keypoints on the wire: tag and size of the point, then tag and value of x and y.
_POINT = np.dtype(
    [("tag", "u1"), ("size", "u1"), ("x_tag", "u1"), ("x", "<f4"), ("y_tag", "u1"), ("y", "<f4")]
)
_POINT_TAG, _POINT_SIZE, _X_TAG, _Y_TAG = 5 << 3 | 2, 10, 1 << 3 | 5, 2 << 3 | 5


def relative_boxes(detections: Sequence[Any]) -> Floats:
    """Return the relative bounding boxes of detections, Nx4: xmin, ymin, width, height."""
    boxes = [detection.location_data.relative_bounding_box for detection in detections]
    values = chain.from_iterable((box.xmin, box.ymin, box.width, box.height) for box in boxes)
    return np.fromiter(values, np.float32, 4 * len(boxes)).reshape(-1, 4)


def relative_key_points(detections: Sequence[Any], count: int) -> Floats:
    """Return the first `count` relative key points of detections, N x count x 2: x, y.

    Raises:
        IndexError: a detection has fewer.
    """
    points = [detection.location_data.relative_keypoints[k] for detection in detections for k in range(count)]
    values = chain.from_iterable((point.x, point.y) for point in points)
    return np.fromiter(values, np.float32, 2 * len(points)).reshape(len(detections), count, 2)


def relative_detections(boxes: Floats, key_points: Floats) -> list[Any]:
    """Return new Detection messages with relative bounding boxes and relative key points.

    boxes: Nx4: xmin, ymin, width, height. key_points: N x count x 2: x, y.
    """
    # Hundreds of key points are added an order of magnitude faster through the bytes of the message.
    points = np.empty(key_points.shape[:2], _POINT)
    points["tag"], points["size"] = _POINT_TAG, _POINT_SIZE
    points["x_tag"], points["x"] = _X_TAG, key_points[..., 0]
    points["y_tag"], points["y"] = _Y_TAG, key_points[..., 1]
    cls: Any = DETECTION.python
    detections = [cls() for _ in points]
    for detection, box, own_points in zip(detections, boxes.tolist(), points, strict=True):
        location = detection.location_data
        location.format = RELATIVE_BOUNDING_BOX
        set_relative_box(detection, box)
        location.MergeFromString(own_points.tobytes())
    return detections


def relocated(detection: Any, box: Sequence[float] | Floats, key_points: Floats) -> Any:
    """Return a copy of a detection with another relative box and its relative key points elsewhere.

    box: xmin, ymin, width, height. key_points: Nx2: x, y; as many as the detection has.
    """
    copy = copy_of(detection)
    set_relative_box(copy, box)
    for point, (x, y) in zip(copy.location_data.relative_keypoints, key_points.tolist(), strict=True):
        point.x, point.y = x, y
    return copy


def set_relative_box(detection: Any, box: Sequence[float] | Floats) -> None:
    """Set the relative bounding box of a detection: xmin, ymin, width, height."""
    relative = detection.location_data.relative_bounding_box
    relative.xmin, relative.ymin, relative.width, relative.height = box


def copy_of(detection: Any) -> Any:
    """Return a copy of a detection: those in packets must not change."""
    copy = type(detection)()
    copy.CopyFrom(detection)
    return copy
