"""DetectionsOverlayCalculator: draws bounding boxes and key points over images."""

from __future__ import annotations

from mpgraph.calculators.core.families import DETECTION
from mpgraph.calculators.util.overlay import Overlay
from mpgraph.drawing.annotations import Pixels, draw_detection
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type


@mp.register
class DetectionsOverlayCalculator(Overlay):
    """Draws detections as `mp.solutions.drawing_utils.draw_detection` does: white boxes, red key points.

    IMAGE: ImageFrame, SRGB, SRGBA or GRAY8; the output is a copy, SRGB.
    DETECTIONS: a list of Detections whose locations are relative bounding boxes.

    MediaPipe has no such calculator: in its graphs, DetectionsToRenderDataCalculator makes annotations, with
    less of a style, for AnnotationOverlayCalculator.
    """

    detections = mp.Input("DETECTIONS", packet_type.vector(DETECTION))

    @mp.override
    def draw(self, cc: mp.CalculatorContext, canvas: Pixels) -> None:
        for detection in cc.get(self.detections) or ():
            draw_detection(canvas, detection)
