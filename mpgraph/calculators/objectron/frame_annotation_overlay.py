"""FrameAnnotationOverlayCalculator: draws 3-D boxes and their axes over images."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.objectron.annotations import FRAME_ANNOTATION, image_points
from mpgraph.calculators.util.overlay import Overlay
from mpgraph.drawing.annotations import RED_COLOR, DrawingSpec, Pixels, draw_axis, draw_layer
from mpgraph.drawing.box_connections import BOX_CONNECTIONS
from mpgraph.framework import calculator_framework as mp


@mp.register
class FrameAnnotationOverlayCalculator(Overlay):
    """Draws the boxes of objects and their axes, as the examples of Objectron do.

    IMAGE: ImageFrame, SRGB, SRGBA or GRAY8; the output is a copy, SRGB.
    FRAME_ANNOTATION: a FrameAnnotation whose objects have nine key points, a rotation and a translation, of
        a camera with MediaPipe's default intrinsics.

    x is red, y green and z blue. MediaPipe has no such calculator: its graphs draw objects with OpenGL.
    """

    annotation = mp.Input("FRAME_ANNOTATION", FRAME_ANNOTATION)

    @mp.override
    def draw(self, cc: mp.CalculatorContext, canvas: Pixels) -> None:
        frame = cc.get(self.annotation)
        for found in frame.annotations if frame is not None else ():
            points = image_points(found)
            all_of_them = np.ones(len(points), np.bool_)
            draw_layer(canvas, points, all_of_them, BOX_CONNECTIONS, DrawingSpec(RED_COLOR), DrawingSpec())
            rotation = np.array(found.rotation, np.float64).reshape(3, 3)
            draw_axis(canvas, rotation, np.array(found.translation, np.float64))
