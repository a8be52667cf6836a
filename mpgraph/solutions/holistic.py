"""Holistic: compute the landmarks of a person's pose, face and hands in one image, and a mask of the person.

The API is that of MediaPipe's `mp.solutions.holistic`; the graphs are
graphs/modules/holistic_landmark/holistic_landmark_cpu.pbtxt and holistic_landmark_gpu.pbtxt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mpgraph.protos.landmark_pb2 import LandmarkList, NormalizedLandmarkList
from mpgraph.solutions.device import check_device
from mpgraph.solutions.face_mesh_connections import FACEMESH_CONTOURS, FACEMESH_TESSELATION
from mpgraph.solutions.hands import HandLandmark
from mpgraph.solutions.hands_connections import HAND_CONNECTIONS
from mpgraph.solutions.packet_data_type import shared_view
from mpgraph.solutions.pose import PoseLandmark, check_model_complexity, with_pose
from mpgraph.solutions.pose_connections import POSE_CONNECTIONS
from mpgraph.solutions.solution_base import SolutionBase

_GRAPH = "mediapipe/modules/holistic_landmark/holistic_landmark_{}.pbtxt"

# As MediaPipe names the nodes of the expanded graph.
_DETECTION = "poselandmark{0}__posedetection{0}__TensorsToDetectionsCalculator"
_PRESENCE = (
    "poselandmark{0}__poselandmarkbyroi{0}__tensorstoposelandmarksandsegmentation__ThresholdingCalculator"
)


class HolisticOutputs(NamedTuple):
    """The results of `Holistic.process`, None for what is not in the image.

    In NormalizedLandmarkList messages, x and y are in 0..1 of the image's width and height; z is a depth on
    roughly the scale of x: smaller values are closer to the camera.

    pose_landmarks: a NormalizedLandmarkList of 33 landmarks, whose z is relative to the middle of the hips.
        visibility is the likelihood, in 0..1, that the landmark is in the image and not hidden.
    pose_world_landmarks: a LandmarkList of the same landmarks in meters from the middle of the hips.
    left_hand_landmarks, right_hand_landmarks: NormalizedLandmarkLists of 21 landmarks, whose z is relative to
        the wrist; left and right are the person's.
    face_landmarks: a NormalizedLandmarkList of 468 landmarks, or 478 with `refine_face_landmarks`, whose z is
        relative to the center of the head.
    segmentation_mask: HxW float32, read-only: how much of the person each pixel is, 0 to 1; None unless
        `enable_segmentation`.
    """

    pose_landmarks: NormalizedLandmarkList | None
    pose_world_landmarks: LandmarkList | None
    left_hand_landmarks: NormalizedLandmarkList | None
    right_hand_landmarks: NormalizedLandmarkList | None
    face_landmarks: NormalizedLandmarkList | None
    segmentation_mask: npt.NDArray[np.float32] | None


class Holistic(SolutionBase):
    """Finds the most prominent person in RGB images and computes the landmarks of pose, face and hands.

    static_image_mode: whether the images are unrelated; people are then detected in each of them. Otherwise
        they are frames of a video: the person is tracked, and detection runs only while nobody is. As in
        MediaPipe, face and hands use their last landmarks in both modes.
    model_complexity: 0 for the lite pose model, 1 for the full model, 2 for the heavy model, which is the
        most precise and the slowest, and comes with the distribution mpgraph-models.
    smooth_landmarks: whether to smooth the pose over the frames of a video.
    enable_segmentation: whether to compute the mask.
    smooth_segmentation: whether to smooth masks over the frames of a video.
    refine_face_landmarks: whether to refine lips and eyes and add ten landmarks on the irises, with a larger
        model.
    min_detection_confidence: the minimum score of a detected person, in 0..1.
    min_tracking_confidence: the minimum score of a tracked person, in 0..1; below it, people are detected
        again. In both modes, a person below it is left out.
    device: "cpu", or "gpu" for the GPU named by MPGRAPH_GPU_ADAPTER, by default the best one. Results differ
        slightly: MediaPipe's GPU graphs sample images half a pixel apart from its CPU graphs, and the mask
        has 256 levels.

    Raises:
        InvalidArgumentError (a ValueError): model_complexity is not 0, 1 or 2, or device has another value.
        FileNotFoundError: the heavy model is not installed.
        TypeError: an argument has the wrong type.
        GpuError: there is no usable GPU.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        model_complexity: int = 1,
        smooth_landmarks: bool = True,
        enable_segmentation: bool = False,
        smooth_segmentation: bool = True,
        refine_face_landmarks: bool = False,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
        *,
        device: str = "cpu",
    ) -> None:
        check_model_complexity(model_complexity)
        check_device(device)
        super().__init__(
            binary_graph_path=_GRAPH.format(device),
            side_inputs={
                "model_complexity": int(model_complexity),
                "smooth_landmarks": smooth_landmarks and not static_image_mode,
                "enable_segmentation": enable_segmentation,
                "smooth_segmentation": smooth_segmentation and not static_image_mode,
                "refine_face_landmarks": refine_face_landmarks,
                "use_prev_landmarks": not static_image_mode,
            },
            calculator_params={
                f"{_DETECTION.format(device)}.min_score_thresh": min_detection_confidence,
                f"{_PRESENCE.format(device)}.threshold": min_tracking_confidence,
            },
            outputs=[
                "pose_landmarks",
                "pose_world_landmarks",
                "left_hand_landmarks",
                "right_hand_landmarks",
                "face_landmarks",
                "segmentation_mask",
            ],
        )

    def process(self, image: Any) -> HolisticOutputs:
        """Compute the landmarks of the most prominent person in one image.

        image: HxWx3 uint8 RGB; not modified, and not copied if it is contiguous. Other threads must not
            write to it until `process` returns.

        Raises:
            InvalidArgumentError (a ValueError): the image is empty or does not have three channels, or the
                solution is closed. After an invalid image, the solution can still be used.
            TypeError: the image does not have the dtype uint8.
            RuntimeError: the graph failed, as it does if the size of frames changes while masks are smoothed;
                `reset` restarts it.
        """
        return with_pose(HolisticOutputs(*super().process({"image": shared_view(image)})))


__all__ = [
    "FACEMESH_CONTOURS",
    "FACEMESH_TESSELATION",
    "HAND_CONNECTIONS",
    "POSE_CONNECTIONS",
    "HandLandmark",
    "Holistic",
    "HolisticOutputs",
    "PoseLandmark",
]
