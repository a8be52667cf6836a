"""Calculators from images to images."""

from __future__ import annotations

CALCULATORS = {
    "BilateralFilterCalculator": "bilateral_filter",
    "ColorConvertCalculator": "color_convert",
    "ImageCloneCalculator": "image_clone",
    "ImageCroppingCalculator": "image_cropping",
    "ImageFilePropertiesCalculator": "image_file_properties",
    "ImagePropertiesCalculator": "image_properties",
    "ImageTransformationCalculator": "image_transformation",
    "OpenCvEncodedImageToImageFrameCalculator": "opencv_encoded_image_to_image_frame",
    "RecolorCalculator": "recolor",
    "SegmentationSmoothingCalculator": "segmentation_smoothing",
    "SetAlphaCalculator": "set_alpha",
    "WarpAffineCalculator": "warp_affine",
    "WarpAffineCalculatorCpu": "warp_affine",
    "WarpAffineCalculatorGpu": "warp_affine",
}
