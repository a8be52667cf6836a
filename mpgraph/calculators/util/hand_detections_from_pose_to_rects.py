"""HandDetectionsFromPoseToRectsCalculator: the rectangle around a hand, from three landmarks of a pose."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.calculators.util.angles import rotation_between
from mpgraph.calculators.util.detections_to_rects import DetectionsToRectsCalculator, Size
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.rect_pb2 import NormalizedRect

Point = tuple[np.float32, np.float32]

_UP = np.float32(math.pi / 2)
_TWO, _THREE = np.float32(2), np.float32(3)

_POINTS = 3
"""The key points of a hand: wrist, little finger, index finger."""


@mp.register
class HandDetectionsFromPoseToRectsCalculator(DetectionsToRectsCalculator):
    """Converts hands that a pose model found into squares in which the fingers point upwards.

    Ports are those of DetectionsToRectsCalculator, with IMAGE_SIZE required. The key points of a detection
    are the wrist and the knuckles of little and index finger. The center of its square is the knuckle of the
    middle finger, estimated from these, and the wrist is half a side away.

    Option: `output_zero_rect_for_empty_detections`; as in MediaPipe, all others have no effect on
    normalized rectangles.
    """

    @mp.override
    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        super().get_contract(contract)
        contract.need(contract.inputs.has("IMAGE_SIZE"), "The rotation needs the input stream IMAGE_SIZE.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        super().open(cc)
        self._rotates = True

    @mp.override
    def norm_rect_of(self, detection: Any, size: Size | None) -> NormalizedRect:
        (x0, y0), (x1, y1), (width, height) = _hand(detection, size)
        side = np.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)) * _TWO
        return NormalizedRect(
            x_center=float(x1 / width),
            y_center=float(y1 / height),
            width=float(side / width),
            height=float(side / height),
        )

    @mp.override
    def rotation_of(self, detection: Any, size: Size | None) -> np.float32:
        wrist, middle, _ = _hand(detection, size)
        return rotation_between(_UP, *wrist, *middle)


def _hand(detection: Any, size: Size | None) -> tuple[Point, Point, Point]:
    """The wrist and the knuckle of the middle finger in pixels, and the size of the image."""
    ret_check(size is not None, "Image size is required to calculate rotation")
    assert size is not None
    points = detection.location_data.relative_keypoints
    ret_check(
        len(points) >= _POINTS,
        f"a hand needs wrist, little and index finger as key points, but there are {len(points)}.",
    )
    width, height = np.float32(size[0]), np.float32(size[1])
    wrist, pinky, index = (
        (np.float32(point.x) * width, np.float32(point.y) * height) for point in points[:_POINTS]
    )
    x, y = ((_TWO * index[axis] + pinky[axis]) / _THREE for axis in (0, 1))
    return wrist, (x, y), (width, height)
