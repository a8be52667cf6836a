"""FrameAnnotationToRectCalculator: rotated rectangles around annotated objects."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_RECT
from mpgraph.calculators.objectron.annotations import FRAME_ANNOTATION, image_points
from mpgraph.errors import ret_check
from mpgraph.formats.landmarks import Floats, extent
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.c_math import acosf, atan2f
from mpgraph.framework.packet_type import vector
from mpgraph.protos.frame_annotation_to_rect_calculator_pb2 import FrameAnnotationToRectCalculatorOptions
from mpgraph.protos.rect_pb2 import NormalizedRect

_Y, _Z = 1, 2


@mp.register
class FrameAnnotationToRectCalculator(mp.Calculator):
    """Computes a rectangle around each object's key points, rotated so that the object is upright in it.

    FRAME_ANNOTATION: a FrameAnnotation whose objects have `point_2d` of their key points, `rotation` and
        `translation`.
    NORM_RECTS: a list of NormalizedRects; their sizes are those of the boxes around the points as they are.

    The y axis of an object points upwards in the rectangle, or its z axis if the object is seen from above,
    that is if the angle between its y axis and the camera's z axis is small: smaller than `off_threshold`
    degrees (default: 40), and after that smaller than `on_threshold` (default: 41).
    """

    annotation = mp.Input("FRAME_ANNOTATION", FRAME_ANNOTATION)
    rects = mp.Output("NORM_RECTS", vector(NORMALIZED_RECT))
    Options = mp.ProtoOptions(FrameAnnotationToRectCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`off_threshold` is not above `on_threshold`."""
        super().get_contract(contract)
        options: FrameAnnotationToRectCalculatorOptions = contract.options
        contract.need(
            options.off_threshold <= options.on_threshold,
            f"off_threshold ({options.off_threshold}) must not exceed on_threshold ({options.on_threshold}).",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._thresholds = options.off_threshold, options.on_threshold
        self._is_top_view = False

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        received = cc.get(self.annotation)
        if received is None:
            return
        with np.errstate(all="ignore"):
            cc.emit(self.rects, [self._rect(annotation) for annotation in received.annotations])

    def _rect(self, annotation: Any) -> NormalizedRect:
        points = image_points(annotation)
        ret_check(
            len(points) > 0 and len(annotation.rotation) == 9 and len(annotation.translation) == 3,
            "an object needs key points, a rotation of 9 numbers and a translation of 3, but it has "
            f"{len(points)}, {len(annotation.rotation)} and {len(annotation.translation)}.",
        )
        (left, right), (top, bottom) = extent(points[:, 0]), extent(points[:, 1])
        return NormalizedRect(
            x_center=float((left + right) / 2),
            y_center=float((top + bottom) / 2),
            width=float(right - left),
            height=float(bottom - top),
            rotation=self._rotation(
                np.array(annotation.rotation, np.float32).reshape(3, 3),
                np.array(annotation.translation, np.float32),
            ),
        )

    def _rotation(self, rotation: Floats, translation: Floats) -> float:
        cosine = float(rotation[_Z, _Y])
        # An angle that does not exist, as the matrix need not be a rotation, is not a top view.
        angle = float(np.float32(acosf(cosine)) * np.float32(180)) / math.pi if abs(cosine) <= 1 else math.inf
        self._is_top_view = bool(np.float32(angle) < self._thresholds[self._is_top_view])
        axis = rotation[:, _Z if self._is_top_view else _Y]
        x1, y1, z1 = translation + axis
        x2, y2, z2 = translation - axis
        return math.pi / 2 - atan2f(z2 * y2 - z1 * y1, z2 * x2 - z1 * x1)
