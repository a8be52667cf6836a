"""Families: calculators that share one implementation, each for its own element type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mpgraph.formats.arrays import FLOATS_16, INT_PAIR
from mpgraph.formats.image import IMAGE
from mpgraph.formats.image_frame import IMAGE_FRAME
from mpgraph.formats.matrix import MATRIX
from mpgraph.formats.tensor import TENSOR
from mpgraph.formats.tflite_tensor import TFLITE_TENSOR
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType

__all__ = [
    "CLASSIFICATION_LIST",
    "DETECTION",
    "FLOATS_16",
    "IMAGE",
    "IMAGE_FRAME",
    "INT_PAIR",
    "LANDMARK",
    "LANDMARK_LIST",
    "LOOP_ITEMS",
    "MATRIX",
    "NORMALIZED_LANDMARK",
    "NORMALIZED_LANDMARK_LIST",
    "NORMALIZED_RECT",
    "RECT",
    "RENDER_DATA",
    "TENSOR",
    "TFLITE_TENSOR",
    "register_family",
]

CLASSIFICATION_LIST = mp.message_type("mediapipe.ClassificationList")
DETECTION = mp.message_type("mediapipe.Detection")
LANDMARK = mp.message_type("mediapipe.Landmark")
LANDMARK_LIST = mp.message_type("mediapipe.LandmarkList")
NORMALIZED_LANDMARK = mp.message_type("mediapipe.NormalizedLandmark")
NORMALIZED_LANDMARK_LIST = mp.message_type("mediapipe.NormalizedLandmarkList")
NORMALIZED_RECT = mp.message_type("mediapipe.NormalizedRect")
RECT = mp.message_type("mediapipe.Rect")
RENDER_DATA = mp.message_type("mediapipe.RenderData")

LOOP_ITEMS = {
    "AffineMatrix": FLOATS_16,
    "Boolean": packet_type.BOOL,
    "ClassificationList": CLASSIFICATION_LIST,
    "Detection": DETECTION,
    "Double": packet_type.DOUBLE,
    "Float": packet_type.FLOAT,
    "Image": IMAGE,
    "ImageFrame": IMAGE_FRAME,
    "ImageSize": INT_PAIR,
    "Int": packet_type.INT,
    "LandmarkListVector": LANDMARK_LIST,
    "Matrix": MATRIX,
    "MatrixVector": packet_type.vector(MATRIX),
    "NormalizedLandmarkListVector": NORMALIZED_LANDMARK_LIST,
    "NormalizedRect": NORMALIZED_RECT,
    "Rect": RECT,
    "RenderData": RENDER_DATA,
    "String": packet_type.STRING,
    "Tensor": TENSOR,
    "TfLiteTensor": TFLITE_TENSOR,
    "Uint64t": packet_type.UINT64,
}
"""The items of BeginLoop<name>Calculator and EndLoop<name>Calculator.

They are all types that mpgraph has; MediaPipe has loops for only some of them.
"""


def register_family(
    base: type[mp.Calculator],
    elements: Mapping[str, PayloadType],
    ports: Callable[[PayloadType], Mapping[str, mp.Port[Any] | PayloadType]],
) -> None:
    """Register a subclass of `base` for each element type.

    elements: the element type of each calculator, by its name.
    ports: returns the class attributes that depend on the element type: ports, and `element` if needed.
    """
    for name, element in elements.items():
        members = {"__doc__": base.__doc__, "__module__": base.__module__, **ports(element)}
        mp.register(type(name, (base,), members))
