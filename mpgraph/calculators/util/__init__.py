"""Calculators that read files, convert between image types, draw, compare values, and refine detections."""

from __future__ import annotations

CALCULATORS = {
    "AnnotationOverlayCalculator": "annotation_overlay",
    "DetectionProjectionCalculator": "detection_projection",
    "FlatColorImageCalculator": "flat_color_image",
    "FromImageCalculator": "from_image",
    "LocalFileContentsCalculator": "file_contents",
    "NonMaxSuppressionCalculator": "non_max_suppression",
    "ResourceProviderCalculator": "file_contents",
    "ThresholdingCalculator": "thresholding",
    "ToImageCalculator": "to_image",
}
