"""FrameAnnotation messages: the objects in a frame, each with key points and the pose of its box."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from mpgraph.formats.landmarks import Floats
from mpgraph.framework import calculator_framework as mp

FRAME_ANNOTATION = mp.message_type("mediapipe.FrameAnnotation")


def image_points(annotation: Any) -> Floats:
    """Return the key points of an ObjectAnnotation in the image, Nx2: x and y in 0..1."""
    points = (key_point.point_2d for key_point in annotation.keypoints)
    values = chain.from_iterable((point.x, point.y) for point in points)
    return np.fromiter(values, np.float32, 2 * len(annotation.keypoints)).reshape(-1, 2)
