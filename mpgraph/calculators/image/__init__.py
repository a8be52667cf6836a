"""Calculators from images to images."""

from __future__ import annotations

CALCULATORS = {
    "BilateralFilterCalculator": "bilateral_filter",
    "ImageCloneCalculator": "image_clone",
    "ImageCroppingCalculator": "image_cropping",
    "ImagePropertiesCalculator": "image_properties",
    "ImageTransformationCalculator": "image_transformation",
    "RecolorCalculator": "recolor",
    "SegmentationSmoothingCalculator": "segmentation_smoothing",
    "SetAlphaCalculator": "set_alpha",
    "WarpAffineCalculator": "warp_affine",
    "WarpAffineCalculatorCpu": "warp_affine",
    "WarpAffineCalculatorGpu": "warp_affine",
}
