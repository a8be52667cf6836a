"""IrisToRenderDataCalculator: irises and their distance from the camera, to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST, RENDER_DATA
from mpgraph.calculators.util.iris import LEFT, RIGHT, Floats, diameter, points_of
from mpgraph.calculators.util.render_data import add_annotation, six_digits
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.c_math import rounded
from mpgraph.protos.color_pb2 import Color
from mpgraph.protos.iris_to_render_data_calculator_pb2 import IrisToRenderDataCalculatorOptions
from mpgraph.protos.render_data_pb2 import RenderData

_BOTTOM_LEFT = IrisToRenderDataCalculatorOptions.BOTTOM_LEFT
_LINE_TO_FONT = np.float32(1.5)
_TEXT_COLOR, _TEXT_THICKNESS = Color(r=255), 5


@mp.register
class IrisToRenderDataCalculator(mp.Calculator):
    """Converts the landmarks of both irises into annotations: a circle around each, points, and distances.

    IRIS: a NormalizedLandmarkList with the 5 landmarks of the left iris and the 5 of the right.
    IMAGE_SIZE: (width, height) in pixels.
    LEFT_IRIS_DEPTH_MM, RIGHT_IRIS_DEPTH_MM: floats, distances in millimeters, as IrisToDepthCalculator sends
        them; written in centimeters unless they are infinite.
    RENDER_DATA: RenderData.

    Options: `oval_color`, `oval_thickness`, `landmark_color`, `landmark_thickness`; for the text, which is
    red, `location`, TOP_LEFT or BOTTOM_LEFT, `horizontal_offset_px`, `vertical_offset_px`, `font_height_px`
    and `font_face` (OpenCV's number).
    """

    iris = mp.Input("IRIS", NORMALIZED_LANDMARK_LIST)
    image_size = mp.Input("IMAGE_SIZE", INT_PAIR)
    left_depth = mp.Input("LEFT_IRIS_DEPTH_MM", float, optional=True)
    right_depth = mp.Input("RIGHT_IRIS_DEPTH_MM", float, optional=True)
    render_data = mp.Output("RENDER_DATA", RENDER_DATA)
    Options = mp.ProtoOptions(IrisToRenderDataCalculatorOptions)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._options = cc.options_as(self.Options)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        message = cc.get(self.iris)
        if message is None:
            return
        points = points_of(message)
        ret_check(cc.has(self.image_size), "there is an IRIS, but no IMAGE_SIZE at the same time.")
        size = cc[self.image_size]
        data = RenderData()
        for indexes in (LEFT, RIGHT):
            self._add_iris(data, points[list(indexes)], size)
        lines = [
            # MediaPipe writes two colons.
            f"{name} : :{six_digits(rounded(float(np.float32(depth) / np.float32(10))))} cm"
            for name, depth in (("Left", cc.get(self.left_depth)), ("Right", cc.get(self.right_depth)))
            if depth is not None and not math.isinf(depth)
        ]
        self._add_text(data, lines, size[1])
        cc.emit(self.render_data, data)

    def _add_iris(self, data: RenderData, iris: Floats, size: tuple[int, int]) -> None:
        options = self._options
        circle = add_annotation(data, options.oval_color, options.oval_thickness, "OVAL").oval.rectangle
        with np.errstate(all="ignore"):
            radius = diameter(iris, size) / np.float32(2) / np.array(size, np.float32)
        circle.left, circle.top = (iris[0] - radius).tolist()
        circle.right, circle.bottom = (iris[0] + radius).tolist()
        circle.normalized = True
        for x, y in iris.tolist():
            point = add_annotation(data, options.landmark_color, options.landmark_thickness).point
            point.normalized, point.x, point.y = True, x, y

    def _add_text(self, data: RenderData, lines: Sequence[str], height: int) -> None:
        options = self._options
        line_height = math.ceil(np.float32(options.font_height_px) * _LINE_TO_FONT)
        baseline = options.vertical_offset_px + line_height
        if options.location == _BOTTOM_LEFT:
            baseline = options.vertical_offset_px + height - line_height * len(lines)
        for number, line in enumerate(lines):
            text = add_annotation(data, _TEXT_COLOR, _TEXT_THICKNESS).text
            text.display_text = line
            text.font_height, text.font_face = options.font_height_px, options.font_face
            text.left, text.baseline = options.horizontal_offset_px, baseline + number * line_height
