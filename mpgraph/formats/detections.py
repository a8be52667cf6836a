"""Detections as arrays: what calculators compute with, where graphs pass lists of Detection messages."""

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


def set_relative_box(detection: Any, box: Sequence[float]) -> None:
    """Set the relative bounding box of a detection: xmin, ymin, width, height."""
    relative = detection.location_data.relative_bounding_box
    relative.xmin, relative.ymin, relative.width, relative.height = box


def copy_of(detection: Any) -> Any:
    """Return a copy of a detection: those in packets must not change."""
    copy = type(detection)()
    copy.CopyFrom(detection)
    return copy
