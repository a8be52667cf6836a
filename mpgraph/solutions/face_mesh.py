"""FaceMesh: compute 468 landmarks on each face in an image, or 478 with the irises.

The API is that of MediaPipe's `mp.solutions.face_mesh`; the graphs are
graphs/modules/face_landmark/face_landmark_front_cpu.pbtxt and face_landmark_front_gpu.pbtxt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList
from mpgraph.solutions.device import check_device
from mpgraph.solutions.face_mesh_connections import (
    FACEMESH_CONTOURS,
    FACEMESH_FACE_OVAL,
    FACEMESH_IRISES,
    FACEMESH_LEFT_EYE,
    FACEMESH_LEFT_EYEBROW,
    FACEMESH_LEFT_IRIS,
    FACEMESH_LIPS,
    FACEMESH_NOSE,
    FACEMESH_RIGHT_EYE,
    FACEMESH_RIGHT_EYEBROW,
    FACEMESH_RIGHT_IRIS,
    FACEMESH_TESSELATION,
)
from mpgraph.solutions.packet_data_type import shared_view
from mpgraph.solutions.solution_base import SolutionBase

FACEMESH_NUM_LANDMARKS = 468
"""The number of landmarks of a face."""

FACEMESH_NUM_LANDMARKS_WITH_IRISES = 478
"""The number of landmarks of a face with `refine_landmarks`; the last ten are on the irises."""

_GRAPH = "mediapipe/modules/face_landmark/face_landmark_front_{}.pbtxt"

# As MediaPipe names the nodes of the expanded graph.
_DETECTION = (
    "facedetectionshortrange{}__facedetectionshortrange__facedetection__TensorsToDetectionsCalculator"
)
_PRESENCE = "facelandmark{}__ThresholdingCalculator"


class FaceMeshOutputs(NamedTuple):
    """The results of `FaceMesh.process`.

    multi_face_landmarks: a NormalizedLandmarkList message for each face, None without faces. x and y are in
        0..1 of the image's width and height; z is the depth relative to the center of the head: smaller
        values are closer to the camera, on roughly the scale of x.
    """

    multi_face_landmarks: list[NormalizedLandmarkList] | None


class FaceMesh(SolutionBase):
    """Finds faces within about 2 m of the camera in RGB images and computes their landmarks.

    static_image_mode: whether the images are unrelated; faces are then detected in each of them. Otherwise
        they are frames of a video: faces are tracked, and detection runs only while fewer than
        max_num_faces are tracked.
    max_num_faces: the maximum number of faces.
    refine_landmarks: whether to refine lips and eyes and add ten landmarks on the irises, with a larger
        model.
    min_detection_confidence: the minimum score of a detected face, in 0..1.
    min_tracking_confidence: the minimum score of a tracked face, in 0..1; below it, faces are detected
        again. In both modes, faces below it are left out.
    device: "cpu", or "gpu" for the GPU named by MPGRAPH_GPU_ADAPTER, by default the best one. Results differ
        slightly: MediaPipe's GPU graphs sample images half a pixel apart from its CPU graphs.

    Raises:
        InvalidArgumentError (a ValueError): device has another value.
        TypeError: an argument has the wrong type.
        GpuError: there is no usable GPU.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        max_num_faces: int = 1,
        refine_landmarks: bool = False,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
        *,
        device: str = "cpu",
    ) -> None:
        check_device(device)
        super().__init__(
            binary_graph_path=_GRAPH.format(device),
            side_inputs={
                "num_faces": max_num_faces,
                "with_attention": bool(refine_landmarks),
                "use_prev_landmarks": not static_image_mode,
            },
            calculator_params={
                f"{_DETECTION.format(device)}.min_score_thresh": min_detection_confidence,
                f"{_PRESENCE.format(device)}.threshold": min_tracking_confidence,
            },
            outputs=["multi_face_landmarks"],
        )

    def process(self, image: Any) -> FaceMeshOutputs:
        """Compute the landmarks of the faces in one image.

        image: HxWx3 uint8 RGB; not modified, and not copied if it is contiguous. Other threads must not
            write to it until `process` returns.

        Raises:
            InvalidArgumentError (a ValueError): the image is empty or does not have three channels, or the
                solution is closed. After an invalid image, the solution can still be used.
            TypeError: the image does not have the dtype uint8.
            RuntimeError: the graph failed; `reset` restarts it.
        """
        return FaceMeshOutputs(super().process({"image": shared_view(image)}).multi_face_landmarks)


__all__ = [
    "FACEMESH_CONTOURS",
    "FACEMESH_FACE_OVAL",
    "FACEMESH_IRISES",
    "FACEMESH_LEFT_EYE",
    "FACEMESH_LEFT_EYEBROW",
    "FACEMESH_LEFT_IRIS",
    "FACEMESH_LIPS",
    "FACEMESH_NOSE",
    "FACEMESH_NUM_LANDMARKS",
    "FACEMESH_NUM_LANDMARKS_WITH_IRISES",
    "FACEMESH_RIGHT_EYE",
    "FACEMESH_RIGHT_EYEBROW",
    "FACEMESH_RIGHT_IRIS",
    "FACEMESH_TESSELATION",
    "FaceMesh",
    "FaceMeshOutputs",
]
