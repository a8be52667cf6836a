"""Pose: compute 33 landmarks on a person in an image, also in meters, and a mask of the person.

The API is that of MediaPipe's `mp.solutions.pose`; the graphs are
graphs/modules/pose_landmark/pose_landmark_cpu.pbtxt and pose_landmark_gpu.pbtxt.
"""

from __future__ import annotations

import enum
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.resources import find_resource
from mpgraph.protos.landmark_pb2 import LandmarkList, NormalizedLandmarkList
from mpgraph.solutions.device import check_device, float_mask
from mpgraph.solutions.packet_data_type import shared_view
from mpgraph.solutions.pose_connections import POSE_CONNECTIONS
from mpgraph.solutions.solution_base import SolutionBase

_GRAPH = "mediapipe/modules/pose_landmark/pose_landmark_{}.pbtxt"
Results = TypeVar("Results")

_HEAVY = 2
_HEAVY_MODEL = "mediapipe/modules/pose_landmark/pose_landmark_heavy.tflite"

# As MediaPipe names the nodes of the expanded graph.
_DETECTION = "posedetection{}__TensorsToDetectionsCalculator"
_PRESENCE = "poselandmarkbyroi{}__tensorstoposelandmarksandsegmentation__ThresholdingCalculator"


class PoseLandmark(enum.IntEnum):
    """The positions of the landmarks in a list; left and right are the person's."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


class PoseOutputs(NamedTuple):
    """The results of `Pose.process`, None without a person.

    pose_landmarks: a NormalizedLandmarkList message. x and y are in 0..1 of the image's width and height, and
        beyond for parts of the body outside of the image; z is the depth relative to the middle of the hips:
        smaller values are closer to the camera, on roughly the scale of x. visibility is the likelihood, in
        0..1, that the landmark is in the image and not hidden.
    pose_world_landmarks: a LandmarkList message, in meters from the middle of the hips, with the same
        visibility.
    segmentation_mask: HxW float32, read-only: how much of the person each pixel is, 0 to 1; None unless
        `enable_segmentation`.
    """

    pose_landmarks: NormalizedLandmarkList | None
    pose_world_landmarks: LandmarkList | None
    segmentation_mask: npt.NDArray[np.float32] | None


class Pose(SolutionBase):
    """Finds the most prominent person in RGB images and computes the person's landmarks.

    static_image_mode: whether the images are unrelated; people are then detected in each of them. Otherwise
        they are frames of a video: the person is tracked, and detection runs only while nobody is.
    model_complexity: 0 for the lite model, 1 for the full model, 2 for the heavy model, which is the most
        precise and the slowest, and comes with the distribution mpgraph-models.
    smooth_landmarks: whether to smooth landmarks over the frames of a video.
    enable_segmentation: whether to compute the mask.
    smooth_segmentation: whether to smooth masks over the frames of a video.
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
                "use_prev_landmarks": not static_image_mode,
            },
            calculator_params={
                f"{_DETECTION.format(device)}.min_score_thresh": min_detection_confidence,
                f"{_PRESENCE.format(device)}.threshold": min_tracking_confidence,
            },
            outputs=["pose_landmarks", "pose_world_landmarks", "segmentation_mask"],
        )

    def process(self, image: Any) -> PoseOutputs:
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
        return with_pose(PoseOutputs(*super().process({"image": shared_view(image)})))


def check_model_complexity(model_complexity: int) -> None:
    """Check the selection of a pose model.

    Raises:
        InvalidArgumentError: it is not 0, 1 or 2.
        ResourceNotFoundError: the heavy model is not installed.
    """
    if model_complexity not in (0, 1, 2):
        raise InvalidArgumentError(
            f"model_complexity must be 0 (lite), 1 (full) or 2 (heavy), not {model_complexity!r}."
        )
    if model_complexity == _HEAVY:
        find_resource(_HEAVY_MODEL)  # If it is not installed, an error now, not at the first image.


def with_pose(results: Results) -> Results:
    """Return results whose mask is float32, and whose pose has no field `presence`, as MediaPipe's.

    results: a named tuple with the fields of PoseOutputs, as the graph sends them.
    """
    fields: Any = results
    for landmarks in (fields.pose_landmarks, fields.pose_world_landmarks):
        for landmark in landmarks.landmark if landmarks is not None else ():
            landmark.ClearField("presence")
    if fields.segmentation_mask is None:
        return results
    completed: Results = fields._replace(segmentation_mask=float_mask(fields.segmentation_mask))
    return completed


__all__ = ["POSE_CONNECTIONS", "Pose", "PoseLandmark", "PoseOutputs"]
