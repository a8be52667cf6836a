"""RoiTrackingCalculator: follow a region from frame to frame for as long as it fits."""

from __future__ import annotations

import math

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST, NORMALIZED_RECT
from mpgraph.calculators.util.angles import rotated
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.protos.roi_tracking_calculator_pb2 import RoiTrackingCalculatorOptions

Size = tuple[np.float32, np.float32]
Numbers = tuple[np.float32, np.float32, np.float32, np.float32]

_ONE, _HALF = np.float32(1), np.float32(0.5)


@mp.register
class RoiTrackingCalculator(mp.Calculator):
    """Selects the region for landmarks: that of the last frame's landmarks, or a newly found one.

    RECROP_RECT: a NormalizedRect, found in this frame; nothing is sent without it.
    PREV_LANDMARKS: the NormalizedLandmarkList of the last frame.
    PREV_LANDMARKS_RECT: the NormalizedRect around them; without it, RECROP_RECT is sent.
    IMAGE_SIZE: (width, height) in pixels.
    TRACKING_RECT: PREV_LANDMARKS_RECT if it meets all requirements, else RECROP_RECT.

    Options, each of which is a requirement if it is set:
    - `rect_requirements`: compared with RECROP_RECT the rectangle is turned by at most `rotation_degrees`,
      moved by at most `translation` of its sides, and its sides differ by at most `scale` of them.
    - `landmarks_requirements`: all landmarks are inside RECROP_RECT, larger by `recrop_rect_margin` of its
      sides.
    - `iou_requirements`: intersection over union is at least `min_iou`. As in MediaPipe, it is that of
      upright rectangles that have their corner where the center is, and those that do not touch pass.
    """

    prev_landmarks = mp.Input("PREV_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    prev_rect = mp.Input("PREV_LANDMARKS_RECT", NORMALIZED_RECT)
    recrop_rect = mp.Input("RECROP_RECT", NORMALIZED_RECT)
    image_size = mp.Input("IMAGE_SIZE", INT_PAIR)
    tracking_rect = mp.Output("TRACKING_RECT", NORMALIZED_RECT)
    Options = mp.ProtoOptions(RoiTrackingCalculatorOptions)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._options = cc.options_as(self.Options)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if not cc.has(self.recrop_rect):
            return
        selected = self.recrop_rect
        if cc.has(self.prev_rect):
            for needed in (self.prev_landmarks, self.image_size):
                ret_check(cc.has(needed), f"there is a PREV_LANDMARKS_RECT, but no {needed.tag}.")
            size = np.float32(cc[self.image_size][0]), np.float32(cc[self.image_size][1])
            with np.errstate(all="ignore"):
                landmarks = Landmarks.of(cc.packet(self.prev_landmarks).compact)
                if self._fits(landmarks, cc[self.prev_rect], cc[self.recrop_rect], size):
                    selected = self.prev_rect
        cc.forward(self.tracking_rect, cc.packet(selected))

    def _fits(self, landmarks: Landmarks, rect: NormalizedRect, recrop: NormalizedRect, size: Size) -> bool:
        """Whether the rectangle of the last frame meets all requirements."""
        options = self._options
        return (
            (
                not options.HasField("iou_requirements")
                or _overlap(rect, recrop, size, options.iou_requirements)
            )
            and (
                not options.HasField("rect_requirements")
                or _are_alike(rect, recrop, size, options.rect_requirements)
            )
            and (
                not options.HasField("landmarks_requirements")
                or _contains(recrop, landmarks, size, options.landmarks_requirements)
            )
        )


def _in_pixels(rect: NormalizedRect, size: Size) -> Numbers:
    """Center, width and height."""
    return (
        np.float32(rect.x_center) * size[0],
        np.float32(rect.y_center) * size[1],
        np.float32(rect.width) * size[0],
        np.float32(rect.height) * size[1],
    )


def _overlap(
    rect: NormalizedRect,
    recrop: NormalizedRect,
    size: Size,
    limits: RoiTrackingCalculatorOptions.IouRequirements,
) -> bool:
    x0, y0, width0, height0 = _in_pixels(rect, size)
    x1, y1, width1, height1 = _in_pixels(recrop, size)
    left, right = max(x0, x1), min(x0 + width0, x1 + width1)
    top, bottom = max(y0, y1), min(y0 + height0, y1 + height1)
    if left > right or top > bottom:  # MediaPipe's empty rectangle has an infinite area.
        return True
    intersection = (right - left) * (bottom - top)
    area0 = (x0 + width0 - x0) * (y0 + height0 - y0)
    area1 = (x1 + width1 - x1) * (y1 + height1 - y1)
    return not intersection < (area0 + area1 - intersection) * np.float32(limits.min_iou)


def _are_alike(
    rect: NormalizedRect,
    recrop: NormalizedRect,
    size: Size,
    limits: RoiTrackingCalculatorOptions.RectRequirements,
) -> bool:
    turned = _degrees(rect) - _degrees(recrop)
    full_turn, half_turn = np.float32(360), np.float32(180)
    if turned > half_turn:
        turned -= full_turn
    if turned < -half_turn:
        turned += full_turn
    # Both rotated so that the sides of the second are parallel to the axes.
    rotation = np.float32(-recrop.rotation)
    x0, y0, width0, height0 = _in_pixels(rect, size)
    x1, y1, width1, height1 = _in_pixels(recrop, size)
    x0, y0 = rotated(x0, y0, rotation)
    x1, y1 = rotated(x1, y1, rotation)
    translation, scale = np.float32(limits.translation), np.float32(limits.scale)
    # A comparison with NaN is false, and then meets the requirement.
    return not (
        abs(turned) > np.float32(limits.rotation_degrees)
        or abs(x0 - x1) > width1 * translation
        or abs(y0 - y1) > height1 * translation
        or abs(width0 - width1) > width1 * scale
        or abs(height0 - height1) > height1 * scale
    )


def _degrees(rect: NormalizedRect) -> np.float32:
    return np.float32(rect.rotation / math.pi * 180)


def _contains(
    recrop: NormalizedRect,
    landmarks: Landmarks,
    size: Size,
    limits: RoiTrackingCalculatorOptions.LandmarksRequirements,
) -> bool:
    # All rotated so that the sides of the rectangle are parallel to the axes.
    rotation = np.float32(-recrop.rotation)
    x, y, width, height = _in_pixels(recrop, size)
    x, y = rotated(x, y, rotation)
    across, down = rotated(landmarks.x * size[0], landmarks.y * size[1], rotation)
    grown = _ONE + np.float32(limits.recrop_rect_margin)
    half_width, half_height = width * grown * _HALF, height * grown * _HALF
    return bool(
        (
            (x - half_width < across)
            & (across < x + half_width)
            & (y - half_height < down)
            & (down < y + half_height)
        ).all()
    )
