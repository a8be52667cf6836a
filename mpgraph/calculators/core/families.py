"""Families: calculators that share one implementation, each for its own element type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, TypeVar

from mpgraph.formats.arrays import FLOATS_16 as FLOATS_16
from mpgraph.formats.arrays import INT_PAIR as INT_PAIR
from mpgraph.formats.detections import DETECTION as DETECTION
from mpgraph.formats.gpu_buffer import GPU_BUFFER as GPU_BUFFER
from mpgraph.formats.image import IMAGE as IMAGE
from mpgraph.formats.image_frame import IMAGE_FRAME as IMAGE_FRAME
from mpgraph.formats.matrix import MATRIX as MATRIX
from mpgraph.formats.tensor import TENSOR as TENSOR
from mpgraph.formats.tensor import TFLITE_TENSOR as TFLITE_TENSOR
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType

C = TypeVar("C", bound=mp.Calculator)

CLASSIFICATION_LIST = mp.message_type("mediapipe.ClassificationList")
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

ELEMENT = PayloadType("element of the family", object)
"""Stands for the element type in the ports of a base class."""

VECTOR = PayloadType("list of elements of the family", list)
"""Stands for the type of a list of elements."""


def register(
    elements: Mapping[str, PayloadType],
    vector_of: Callable[[PayloadType], PayloadType] = packet_type.vector,
) -> Callable[[type[C]], type[C]]:
    """Return a class decorator that registers a subclass for each element type.

    In the ports of a subclass its types replace ELEMENT and VECTOR; `element` is its element type.

    elements: the element type of each calculator, by its name.
    vector_of: returns the list type of an element type.
    """

    def derive(base: type[C]) -> type[C]:
        for name, element in elements.items():
            types: dict[object, Any] = {ELEMENT: element, VECTOR: vector_of(element)}
            members: dict[str, Any] = {"element": element}
            members.update(__doc__=base.__doc__, __module__=base.__module__)
            for port in base.ports:
                kind = port.type
                if isinstance(kind, tuple):
                    kind = tuple(types.get(member, member) for member in kind)
                members[port.name] = own = copy(port)
                own.type = types.get(kind, kind)
            mp.register(type(name, (base,), members))
        return base

    return derive
