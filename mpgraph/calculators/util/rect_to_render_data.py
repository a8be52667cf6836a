"""RectToRenderDataCalculator: the outlines or areas of rectangles, to draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_RECT, RECT, RENDER_DATA
from mpgraph.calculators.util.render_data import add_annotation
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import vector
from mpgraph.protos.rect_pb2 import NormalizedRect
from mpgraph.protos.rect_to_render_data_calculator_pb2 import RectToRenderDataCalculatorOptions
from mpgraph.protos.render_data_pb2 import RenderAnnotation, RenderData

_INPUTS = ("NORM_RECT", "RECT", "NORM_RECTS", "RECTS")


@mp.register
class RectToRenderDataCalculator(mp.Calculator):
    """Converts rectangles into annotations, with their rotation.

    NORM_RECT (NormalizedRect), RECT (Rect, in pixels), NORM_RECTS or RECTS (lists): exactly one of them.
    RENDER_DATA: RenderData, a rectangle or oval for each.

    Options: `color`, `thickness`, `filled`, `oval`; `top_left_thickness`, the radius of a dot on the top left
    corner, only for outlines of rectangles. A rectangle that is left of or above the image, or right of or
    below it if it is normalized, is empty unless it is rotated.
    """

    norm_rect = mp.Input("NORM_RECT", NORMALIZED_RECT, optional=True)
    rect = mp.Input("RECT", RECT, optional=True)
    norm_rects = mp.Input("NORM_RECTS", vector(NORMALIZED_RECT), optional=True)
    rects = mp.Input("RECTS", vector(RECT), optional=True)
    render_data = mp.Output("RENDER_DATA", RENDER_DATA)
    Options = mp.ProtoOptions(RectToRenderDataCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one input; no dot on a corner of filled shapes and ovals."""
        super().get_contract(contract)
        contract.need(
            sum(map(contract.inputs.has, _INPUTS)) == 1,
            "Exactly one of NORM_RECT, RECT, NORM_RECTS or RECTS input stream should be provided.",
        )
        options: RectToRenderDataCalculatorOptions = contract.options
        contract.need(
            not (options.HasField("top_left_thickness") and (options.filled or options.oval)),
            "top_left_thickness is for outlines of rectangles; leave out filled and oval.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._options = cc.options_as(self.Options)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        single: Any = cc.get(self.norm_rect) or cc.get(self.rect)
        rects: Iterable[Any] = [single] if single else cc.get(self.norm_rects) or cc.get(self.rects) or []
        data = RenderData()
        for rect in rects:
            _set_edges(self._shape(data), rect)
        cc.emit(self.render_data, data)

    def _shape(self, data: RenderData) -> RenderAnnotation.Rectangle:
        """The rectangle of a new annotation."""
        options = self._options
        annotation = add_annotation(data, options.color, options.thickness)
        if options.oval:
            shape = annotation.filled_oval.oval if options.filled else annotation.oval
            return shape.rectangle
        rectangle = annotation.filled_rectangle.rectangle if options.filled else annotation.rectangle
        if options.HasField("top_left_thickness"):
            rectangle.top_left_thickness = options.top_left_thickness
        return rectangle


def _set_edges(rectangle: RenderAnnotation.Rectangle, rect: Any) -> None:
    # The corner is computed in float32, the opposite corner in double, as in MediaPipe.
    left = float(np.float32(rect.x_center) - np.float32(rect.width) / np.float32(2))
    top = float(np.float32(rect.y_center) - np.float32(rect.height) / np.float32(2))
    right, bottom = left + rect.width, top + rect.height
    normalized = isinstance(rect, NormalizedRect)
    rectangle.SetInParent()
    if not rect.rotation and (right < 0 or bottom < 0 or (normalized and (left > 1 or top > 1))):
        return
    rectangle.normalized, rectangle.rotation = normalized, rect.rotation
    rectangle.left, rectangle.top, rectangle.right, rectangle.bottom = left, top, right, bottom
