"""Calculators of Objectron: from detections and landmarks in an image to 3-D boxes around objects."""

from __future__ import annotations

CALCULATORS = {
    "FilterDetectionCalculator": "filter_detection",
    "FrameAnnotationOverlayCalculator": "frame_annotation_overlay",
    "FrameAnnotationToRectCalculator": "frame_annotation_to_rect",
    "LandmarksToFrameAnnotationCalculator": "landmarks_to_frame_annotation",
    "Lift2DFrameAnnotationTo3DCalculator": "lift_2d_frame_annotation_to_3d",
}
