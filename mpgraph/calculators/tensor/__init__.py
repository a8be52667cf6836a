"""Calculators from images to tensors, through models, and back to images."""

from __future__ import annotations

CALCULATORS: dict[str, str] = {
    "ImageToTensorCalculator": "image_to_tensor",
    "InferenceCalculatorAuto": "inference_calculator",
    "InferenceCalculatorCpu": "inference_calculator",
    "InferenceCalculatorGpu": "inference_calculator",
    "InferenceCalculatorXnnpack": "inference_calculator",
    "TensorConverterCalculator": "tensor_converter",
    "TensorsToClassificationCalculator": "tensors_to_classification",
    "TensorsToDetectionsCalculator": "tensors_to_detections",
    "TensorsToFloatsCalculator": "tensors_to_floats",
    "TensorsToLandmarksCalculator": "tensors_to_landmarks",
    "TensorsToSegmentationCalculator": "tensors_to_segmentation",
}

SUBGRAPHS: dict[str, str] = {
    "InferenceCalculator": "inference_calculator",
}
