"""Loaders of models, anchors, and the older inference calculators, which use TfLiteTensors."""

from __future__ import annotations

CALCULATORS = {
    "SsdAnchorsCalculator": "ssd_anchors",
    "TfLiteConverterCalculator": "tflite_converter",
    "TfLiteCustomOpResolverCalculator": "tflite_custom_op_resolver",
    "TfLiteInferenceCalculator": "tflite_inference",
    "TfLiteModelCalculator": "tflite_model",
    "TfLiteTensorsToClassificationCalculator": "tflite_tensors_to_classification",
    "TfLiteTensorsToDetectionsCalculator": "tflite_tensors_to_detections",
    "TfLiteTensorsToFloatsCalculator": "tflite_tensors_to_floats",
    "TfLiteTensorsToLandmarksCalculator": "tflite_tensors_to_landmarks",
    "TfLiteTensorsToSegmentationCalculator": "tflite_tensors_to_segmentation",
}
