"""Calculators that read files, convert between image types, draw, and compare values."""

from __future__ import annotations

CALCULATORS = {
    "AnnotationOverlayCalculator": "annotation_overlay",
    "FlatColorImageCalculator": "flat_color_image",
    "FromImageCalculator": "from_image",
    "LocalFileContentsCalculator": "local_file_contents",
    "ResourceProviderCalculator": "resource_provider",
    "ThresholdingCalculator": "thresholding",
    "ToImageCalculator": "to_image",
}
