"""RectTransformationCalculator: scale, shift and square rectangles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_RECT, RECT
from mpgraph.calculators.util.angles import normalize_radians, rotated
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import vector
from mpgraph.protos.rect_transformation_calculator_pb2 import RectTransformationCalculatorOptions

Pair = tuple[np.float32, np.float32]

_TYPES = {
    "RECT": RECT,
    "RECTS": vector(RECT),
    "NORM_RECT": NORMALIZED_RECT,
    "NORM_RECTS": vector(NORMALIZED_RECT),
}


@mp.register
class RectTransformationCalculator(mp.Calculator):
    """Shifts rectangles along their own axes, makes them square, and scales them about their center.

    NORM_RECT (NormalizedRect) or NORM_RECTS (a list), with IMAGE_SIZE, (width, height) in pixels; or RECT
    (Rect) or RECTS (a list). Exactly one of them; the only output has its type.

    Options: `shift_x` and `shift_y` in widths and heights of the rectangle, `square_long` or `square_short`
    (sides as long as the longer or the shorter, in pixels), `scale_x`, `scale_y`. `rotation` (radians) or
    `rotation_degrees` turns the axes of the shift; as in MediaPipe, the rectangle keeps its own rotation.
    """

    rect = mp.Input("RECT", RECT, optional=True)
    rects = mp.Input("RECTS", vector(RECT), optional=True)
    norm_rect = mp.Input("NORM_RECT", NORMALIZED_RECT, optional=True)
    norm_rects = mp.Input("NORM_RECTS", vector(NORMALIZED_RECT), optional=True)
    image_size = mp.Input("IMAGE_SIZE", INT_PAIR, optional=True)
    out = mp.Output[Any]("")
    Options = mp.ProtoOptions(RectTransformationCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one input of rectangles, IMAGE_SIZE with normalized ones; no option twice."""
        super().get_contract(contract)
        tags = [tag for tag in _TYPES if contract.inputs.has(tag)]
        contract.need(
            len(tags) == 1,
            "RectTransformationCalculator takes exactly one of the input streams NORM_RECT, NORM_RECTS, RECT "
            "and RECTS.",
        )
        contract.need(
            tags[0] in ("RECT", "RECTS") or contract.inputs.has("IMAGE_SIZE"),
            f"{tags[0]} needs the input stream IMAGE_SIZE.",
        )
        contract.outputs.tag("").set(_TYPES[tags[0]])
        for first, second in (("rotation", "rotation_degrees"), ("square_long", "square_short")):
            contract.need(
                not (contract.options.HasField(first) and contract.options.HasField(second)),
                f"Set only one of {first} and {second}.",
            )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._options = options
        self._shift = np.float32(options.shift_x), np.float32(options.shift_y)
        self._scale = np.float32(options.scale_x), np.float32(options.scale_y)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        size = cc.get(self.image_size)
        with np.errstate(all="ignore"):
            if cc.has(self.rect):
                cc.emit(self.out, self._pixels(cc[self.rect]))
            elif cc.has(self.rects):
                cc.emit(self.out, [self._pixels(rect) for rect in cc[self.rects]])
            elif cc.has(self.norm_rect) and size is not None:
                cc.emit(self.out, self._normalized(cc[self.norm_rect], *size))
            elif cc.has(self.norm_rects) and size is not None:
                cc.emit(self.out, [self._normalized(rect, *size) for rect in cc[self.norm_rects]])

    def _rotation_of(self, rect: Any) -> np.float32:
        """The rotation of the axes along which the rectangle is shifted."""
        rotation = np.float32(rect.rotation)
        options = self._options
        if options.HasField("rotation"):
            return normalize_radians(rotation + np.float32(options.rotation))
        if options.HasField("rotation_degrees"):
            # MediaPipe computes the sum in double.
            return normalize_radians(np.float32(float(rotation) + math.pi * options.rotation_degrees / 180))
        return rotation

    def _squared(self, width: np.float32, height: np.float32) -> Pair:
        if self._options.square_long:
            return (max(width, height),) * 2
        if self._options.square_short:
            return (min(width, height),) * 2
        return width, height

    def _pixels(self, rect: Any) -> Any:
        width, height = np.float32(rect.width), np.float32(rect.height)
        across, down = width * self._shift[0], height * self._shift[1]
        rotation = self._rotation_of(rect)
        if rotation != 0:
            across, down = rotated(across, down, rotation)
        width, height = self._squared(width, height)
        return self._changed(rect, int, (across, down), (width, height))

    def _normalized(self, rect: Any, image_width: int, image_height: int) -> Any:
        columns, rows = np.float32(image_width), np.float32(image_height)
        width, height = np.float32(rect.width), np.float32(rect.height)
        rotation = self._rotation_of(rect)
        if rotation == 0:
            across, down = width * self._shift[0], height * self._shift[1]
        else:
            x, y = rotated(columns * width * self._shift[0], rows * height * self._shift[1], rotation)
            across, down = x / columns, y / rows
        if self._options.square_long or self._options.square_short:
            side_x, side_y = self._squared(width * columns, height * rows)
            width, height = side_x / columns, side_y / rows
        return self._changed(rect, float, (across, down), (width, height))

    def _changed(self, rect: Any, number: type[int] | type[float], shift: Pair, size: Pair) -> Any:
        """A copy of a rectangle with its center shifted, and with a new size before it is scaled.

        number: the type of its fields; int truncates as C++ does.
        """
        changed = type(rect)()
        changed.CopyFrom(rect)
        changed.x_center = number(np.float32(rect.x_center) + shift[0])
        changed.y_center = number(np.float32(rect.y_center) + shift[1])
        changed.width = number(size[0] * self._scale[0])
        changed.height = number(size[1] * self._scale[1])
        return changed
