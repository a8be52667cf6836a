"""HandLandmarksToRectCalculator: the rotated rectangle around a hand."""

from __future__ import annotations

import math

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST, NORMALIZED_RECT
from mpgraph.calculators.util.angles import normalize_radians, rotated, rotation_between
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.landmarks import Floats, Landmarks, extent
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.rect_pb2 import NormalizedRect

_HAND = 21
"""The number of landmarks of a hand."""

_PALM_AND_KNUCKLES = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)
"""The landmarks that determine the rectangle: all but outer joints and tips of fingers, which move most."""

# Indexes among these: the wrist, and the middle joints of index, middle and ring finger.
_WRIST, _INDEX, _MIDDLE, _RING = 0, 4, 6, 8

_UP = np.float32(math.pi / 2)
_HALF = np.float32(0.5)


@mp.register
class HandLandmarksToRectCalculator(mp.Calculator):
    """Computes the rectangle around palm and inner joints of a hand in which the fingers point upwards.

    NORM_LANDMARKS: a NormalizedLandmarkList of the hand's 21 landmarks, or of only the landmarks 0, 1, 2, 3,
        5, 6, 9, 10, 13, 14, 17 and 18.
    IMAGE_SIZE: (width, height) in pixels.
    NORM_RECT: a NormalizedRect, rotated so that the line from the wrist to the middle joints of index,
        middle and ring finger points upwards in it.
    """

    landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    image_size = mp.Input("IMAGE_SIZE", INT_PAIR)
    rect = mp.Output("NORM_RECT", NORMALIZED_RECT)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        landmarks = Landmarks.in_packet(cc.packet(self.landmarks))
        if landmarks is None:
            return
        ret_check(cc.has(self.image_size), "there are NORM_LANDMARKS, but no IMAGE_SIZE at the same time.")
        if len(landmarks) == _HAND:
            landmarks = landmarks.take(_PALM_AND_KNUCKLES)
        ret_check(
            len(landmarks) > _RING,
            f"a hand needs 21 landmarks, or 12 of them, but there are {len(landmarks)}.",
        )
        width, height = cc[self.image_size]
        with np.errstate(all="ignore"):
            cc.emit(self.rect, _rect(landmarks.x, landmarks.y, np.float32(width), np.float32(height)))


def _rect(x: Floats, y: Floats, width: np.float32, height: np.float32) -> NormalizedRect:
    """The rectangle around points in 0..1 of an image of this size; float32 in MediaPipe's order."""
    rotation = rotation_between(
        _UP, x[_WRIST] * width, y[_WRIST] * height, _fingers(x) * width, _fingers(y) * height
    )
    middle_x, middle_y = _middle(x), _middle(y)
    # In pixels, rotated about the middle so that the hand is upright.
    upright_x, upright_y = rotated(
        (x - middle_x) * width, (y - middle_y) * height, normalize_radians(-rotation)
    )
    (left, right), (top, bottom) = extent(upright_x), extent(upright_y)
    # The center rotated back into the image; the size stays as it is there.
    center_x, center_y = rotated((right + left) * _HALF, (bottom + top) * _HALF, rotation)
    return NormalizedRect(
        x_center=float((center_x + width * middle_x) / width),
        y_center=float((center_y + height * middle_y) / height),
        width=float((right - left) / width),
        height=float((bottom - top) / height),
        rotation=float(rotation),
    )


def _fingers(values: Floats) -> np.float32:
    """The mean of the middle finger and the mean of its neighbors."""
    neighbors: np.float32 = (values[_INDEX] + values[_RING]) * _HALF
    return np.float32((neighbors + values[_MIDDLE]) * _HALF)


def _middle(values: Floats) -> np.float32:
    smallest, largest = extent(values)
    return (largest + smallest) * _HALF
