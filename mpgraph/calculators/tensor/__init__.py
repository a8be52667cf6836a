"""Calculators from images to tensors, through models, and back."""

from __future__ import annotations

CALCULATORS: dict[str, str] = {
    "ImageToTensorCalculator": "image_to_tensor",
    "InferenceCalculatorAuto": "inference_auto",
    "InferenceCalculatorCpu": "inference_cpu",
    "InferenceCalculatorGpu": "inference_gpu",
    "InferenceCalculatorXnnpack": "inference_xnnpack",
    "TensorConverterCalculator": "tensor_converter",
    "TensorsToFloatsCalculator": "tensors_to_floats",
    "TensorsToSegmentationCalculator": "tensors_to_segmentation",
}

SUBGRAPHS: dict[str, str] = {
    "InferenceCalculator": "inference_calculator",
}
