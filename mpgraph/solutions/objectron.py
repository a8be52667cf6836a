"""Objectron: find shoes, chairs, cups or cameras in an image, with a 3-D box and a pose for each.

The API is that of MediaPipe's `mp.solutions.objectron`; the graph is
graphs/modules/objectron/objectron_cpu.pbtxt. The models are in the package mpgraph-models.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mpgraph.drawing import box_connections
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.resources import find_resource
from mpgraph.protos.annotation_data_pb2 import ObjectAnnotation
from mpgraph.protos.landmark_pb2 import LandmarkList, NormalizedLandmarkList
from mpgraph.solutions.packet_data_type import shared_view
from mpgraph.solutions.solution_base import SolutionBase

_FOLDER = "mediapipe/modules/objectron"
_GRAPH = f"{_FOLDER}/objectron_cpu.pbtxt"
_DETECTION_MODEL = f"{_FOLDER}/object_detection_ssd_mobilenetv2_oidv4_fp16.tflite"

# As MediaPipe names the nodes of the expanded graph.
_DETECTION = "objectdetectionoidv4subgraph__TensorsToDetectionsCalculator"
_PRESENCE = "boxlandmarksubgraph__ThresholdingCalculator"
_LIFTING = "Lift2DFrameAnnotationTo3DCalculator"


class BoxLandmark(enum.IntEnum):
    """The positions of a box's points in a list: its center and its corners."""

    CENTER = 0
    BACK_BOTTOM_LEFT = 1
    FRONT_BOTTOM_LEFT = 2
    BACK_TOP_LEFT = 3
    FRONT_TOP_LEFT = 4
    BACK_BOTTOM_RIGHT = 5
    FRONT_BOTTOM_RIGHT = 6
    BACK_TOP_RIGHT = 7
    FRONT_TOP_RIGHT = 8


BOX_CONNECTIONS = frozenset(
    (BoxLandmark(start), BoxLandmark(end)) for start, end in box_connections.BOX_CONNECTIONS
)
"""The twelve edges of a box, as pairs of BoxLandmarks."""


@dataclass(frozen=True)
class ObjectronModel:
    """The model of a category: its path among the resources, and the category's labels, comma-separated."""

    model_path: str
    label_name: str


@dataclass(frozen=True)
class ShoeModel(ObjectronModel):
    """The model of shoes."""

    model_path: str = f"{_FOLDER}/object_detection_3d_sneakers.tflite"
    label_name: str = "Footwear"


@dataclass(frozen=True)
class ChairModel(ObjectronModel):
    """The model of chairs."""

    model_path: str = f"{_FOLDER}/object_detection_3d_chair.tflite"
    label_name: str = "Chair"


@dataclass(frozen=True)
class CameraModel(ObjectronModel):
    """The model of cameras."""

    model_path: str = f"{_FOLDER}/object_detection_3d_camera.tflite"
    label_name: str = "Camera"


@dataclass(frozen=True)
class CupModel(ObjectronModel):
    """The model of cups."""

    model_path: str = f"{_FOLDER}/object_detection_3d_cup.tflite"
    label_name: str = "Coffee cup, Mug"


_MODELS: dict[str, ObjectronModel] = {
    "Shoe": ShoeModel(),
    "Chair": ChairModel(),
    "Cup": CupModel(),
    "Camera": CameraModel(),
}


def get_model_by_name(name: str) -> ObjectronModel:
    """Return the model of a category: "Shoe", "Chair", "Cup" or "Camera".

    Raises:
        InvalidArgumentError (a ValueError): there is no such category.
        ResourceNotFoundError (a FileNotFoundError): the package mpgraph-models is not installed.
    """
    if name not in _MODELS:
        raise InvalidArgumentError(
            f"{name} is not a valid model name for Objectron. Use one of {', '.join(_MODELS)}."
        )
    model = _MODELS[name]
    for path in (_DETECTION_MODEL, model.model_path):
        find_resource(path)
    return model


@dataclass(eq=False)
class ObjectronOutputs:
    """One object.

    landmarks_2d: the nine points of its box in the image, x and y in 0..1 of its width and height.
    landmarks_3d: the same points in camera space: x to the right, y up, z towards the viewer, so negative in
        front of the camera. The unit is arbitrary, since the size of an object cannot be told from an image.
    rotation, translation, scale: float64 arrays of the shapes 3x3, 3 and 3. A point p of the box, whose
        corners are at +-0.5 along each axis, is at rotation @ (scale * p) + translation in camera space.
        rotation is fitted to the points, and only nearly a rotation where they are only nearly a box.
    """

    landmarks_2d: NormalizedLandmarkList
    landmarks_3d: LandmarkList
    rotation: npt.NDArray[np.float64]
    translation: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]


class ObjectronResults(NamedTuple):
    """The results of `Objectron.process`: the objects, None without objects."""

    detected_objects: list[ObjectronOutputs] | None


class Objectron(SolutionBase):
    """Finds objects of one category in RGB images, and computes a 3-D box around each.

    static_image_mode: whether the images are unrelated; objects are then detected in each of them. Otherwise
        they are frames of a video: objects are tracked, and detection runs only while fewer than
        max_num_objects are tracked.
    max_num_objects: the maximum number of objects.
    min_detection_confidence: the minimum score of a detected object, in 0..1.
    min_tracking_confidence: the minimum score of a box, in 0..1; below it, objects are detected again. In
        both modes, objects below it are left out.
    model_name: the category: "Shoe", "Chair", "Cup" or "Camera".
    focal_length, principal_point: (x, y) of the camera's intrinsics, in halves of the image's width and
        height, the principal point from the image's center, y up; with image_size, in pixels, the principal
        point from the top left corner.
    image_size: (width, height) of the images in pixels.
    device: "cpu". There is no GPU graph for categories: MediaPipe's has a fixed model.

    Raises:
        InvalidArgumentError (a ValueError): there is no such category, or device has another value.
        ResourceNotFoundError (a FileNotFoundError): the package mpgraph-models is not installed.
        TypeError: an argument has the wrong type.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        max_num_objects: int = 5,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.99,
        model_name: str = "Shoe",
        focal_length: tuple[float, float] = (1.0, 1.0),
        principal_point: tuple[float, float] = (0.0, 0.0),
        image_size: tuple[int, int] | None = None,
        *,
        device: str = "cpu",
    ) -> None:
        if device != "cpu":
            raise InvalidArgumentError(
                f'Objectron runs on the CPU only: device must be "cpu", not {device!r}.'
            )
        fx, fy = focal_length
        px, py = principal_point
        if image_size is not None:
            half_width, half_height = image_size[0] / 2, image_size[1] / 2
            fx, fy = fx / half_width, fy / half_height
            px, py = -(px - half_width) / half_width, -(py - half_height) / half_height
        model = get_model_by_name(model_name)
        super().__init__(
            binary_graph_path=_GRAPH,
            side_inputs={
                "box_landmark_model_path": model.model_path,
                "allowed_labels": model.label_name,
                "max_num_objects": max_num_objects,
                "use_prev_landmarks": not static_image_mode,
            },
            calculator_params={
                f"{_DETECTION}.min_score_thresh": min_detection_confidence,
                f"{_PRESENCE}.threshold": min_tracking_confidence,
                f"{_LIFTING}.normalized_focal_x": fx,
                f"{_LIFTING}.normalized_focal_y": fy,
                f"{_LIFTING}.normalized_principal_point_x": px,
                f"{_LIFTING}.normalized_principal_point_y": py,
            },
            outputs=["detected_objects"],
        )

    def process(self, image: Any) -> ObjectronResults:
        """Find the objects in one image.

        image: HxWx3 uint8 RGB; not modified, and not copied if it is contiguous. Other threads must not
            write to it until `process` returns.

        Raises:
            InvalidArgumentError (a ValueError): the image is empty or does not have three channels, or the
                solution is closed. After an invalid image, the solution can still be used.
            TypeError: the image does not have the dtype uint8.
            RuntimeError: the graph failed; `reset` restarts it.
        """
        frame = super().process({"image": shared_view(image)}).detected_objects
        return ObjectronResults(None if frame is None else [_outputs(each) for each in frame.annotations])


def _outputs(annotation: ObjectAnnotation) -> ObjectronOutputs:
    landmarks_2d, landmarks_3d = NormalizedLandmarkList(), LandmarkList()
    for key_point in annotation.keypoints:
        landmarks_2d.landmark.add(x=key_point.point_2d.x, y=key_point.point_2d.y)
        point = key_point.point_3d
        landmarks_3d.landmark.add(x=point.x, y=point.y, z=point.z)
    return ObjectronOutputs(
        landmarks_2d=landmarks_2d,
        landmarks_3d=landmarks_3d,
        rotation=np.array(annotation.rotation, np.float64).reshape(3, 3),
        translation=np.array(annotation.translation, np.float64),
        scale=np.array(annotation.scale, np.float64),
    )


__all__ = [
    "BOX_CONNECTIONS",
    "BoxLandmark",
    "CameraModel",
    "ChairModel",
    "CupModel",
    "Objectron",
    "ObjectronModel",
    "ObjectronOutputs",
    "ObjectronResults",
    "ShoeModel",
    "get_model_by_name",
]
