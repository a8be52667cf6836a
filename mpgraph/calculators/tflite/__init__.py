"""Loaders of models, and the older generation of inference calculators, which uses TfLiteTensors."""

from __future__ import annotations

CALCULATORS = {
    "TfLiteConverterCalculator": "tflite_converter",
    "TfLiteCustomOpResolverCalculator": "tflite_custom_op_resolver",
    "TfLiteInferenceCalculator": "tflite_inference",
    "TfLiteModelCalculator": "tflite_model",
    "TfLiteTensorsToSegmentationCalculator": "tflite_tensors_to_segmentation",
}
