"""Calculators that read files, convert between image types, draw, and compare values."""

from __future__ import annotations

CALCULATORS = {
    "AnnotationOverlayCalculator": "annotation_overlay",
    "FlatColorImageCalculator": "flat_color_image",
    "FromImageCalculator": "from_image",
    "LocalFileContentsCalculator": "file_contents",
    "ResourceProviderCalculator": "file_contents",
    "ThresholdingCalculator": "thresholding",
    "ToImageCalculator": "to_image",
}
