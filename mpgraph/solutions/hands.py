"""Hands: compute 21 landmarks on each hand in an image, also in meters, and whether it is left or right.

The API is that of MediaPipe's `mp.solutions.hands`; the graphs are
graphs/modules/hand_landmark/hand_landmark_tracking_cpu.pbtxt and hand_landmark_tracking_gpu.pbtxt.
"""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

from mpgraph.errors import InvalidArgumentError
from mpgraph.protos.classification_pb2 import ClassificationList
from mpgraph.protos.landmark_pb2 import LandmarkList, NormalizedLandmarkList
from mpgraph.solutions.device import check_device
from mpgraph.solutions.hands_connections import HAND_CONNECTIONS
from mpgraph.solutions.packet_data_type import shared_view
from mpgraph.solutions.solution_base import SolutionBase

_GRAPH = "mediapipe/modules/hand_landmark/hand_landmark_tracking_{}.pbtxt"

# As MediaPipe names the nodes of the expanded graph.
_DETECTION = "palmdetection{}__TensorsToDetectionsCalculator"
_PRESENCE = "handlandmark{}__ThresholdingCalculator"


class HandLandmark(enum.IntEnum):
    """The positions of the landmarks in a list."""

    WRIST = 0
    THUMB_CMC = 1
    THUMB_MCP = 2
    THUMB_IP = 3
    THUMB_TIP = 4
    INDEX_FINGER_MCP = 5
    INDEX_FINGER_PIP = 6
    INDEX_FINGER_DIP = 7
    INDEX_FINGER_TIP = 8
    MIDDLE_FINGER_MCP = 9
    MIDDLE_FINGER_PIP = 10
    MIDDLE_FINGER_DIP = 11
    MIDDLE_FINGER_TIP = 12
    RING_FINGER_MCP = 13
    RING_FINGER_PIP = 14
    RING_FINGER_DIP = 15
    RING_FINGER_TIP = 16
    PINKY_MCP = 17
    PINKY_PIP = 18
    PINKY_DIP = 19
    PINKY_TIP = 20


class HandsOutputs(NamedTuple):
    """The results of `Hands.process`: lists with an element for each hand, None without hands.

    multi_hand_landmarks: NormalizedLandmarkList messages. x and y are in 0..1 of the image's width and
        height; z is the depth relative to the wrist: smaller values are closer to the camera, on
        roughly the scale of x.
    multi_hand_world_landmarks: LandmarkList messages, in meters from the center of the hand.
    multi_handedness: ClassificationList messages of one classification: its label is "Left" or "Right", as
        seen in a mirrored image (such as a selfie camera's), its score in 0.5..1.
    """

    multi_hand_landmarks: list[NormalizedLandmarkList] | None
    multi_hand_world_landmarks: list[LandmarkList] | None
    multi_handedness: list[ClassificationList] | None


class Hands(SolutionBase):
    """Finds hands in RGB images and computes their landmarks.

    static_image_mode: whether the images are unrelated; palms are then detected in each of them. Otherwise
        they are frames of a video: hands are tracked, and detection runs only while fewer than max_num_hands
        are tracked.
    max_num_hands: the maximum number of hands.
    model_complexity: 1 for the full models, 0 for the lite models, which are faster.
    min_detection_confidence: the minimum score of a detected palm, in 0..1.
    min_tracking_confidence: the minimum score of a tracked hand, in 0..1; below it, palms are detected
        again. In both modes, hands below it are left out.
    device: "cpu", or "gpu" for the GPU named by MPGRAPH_GPU_ADAPTER, by default the best one. Results differ
        slightly: MediaPipe's GPU graphs sample images half a pixel apart from its CPU graphs.

    Left and right are correct for mirrored images. Flip other images first, or swap the labels.

    Raises:
        InvalidArgumentError (a ValueError): model_complexity or device has another value.
        TypeError: an argument has the wrong type.
        GpuError: there is no usable GPU.
    """

    def __init__(
        self,
        static_image_mode: bool = False,
        max_num_hands: int = 2,
        model_complexity: int = 1,
        min_detection_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
        *,
        device: str = "cpu",
    ) -> None:
        if model_complexity not in (0, 1):
            raise InvalidArgumentError(
                f"model_complexity must be 0 (lite) or 1 (full), not {model_complexity!r}."
            )
        check_device(device)
        super().__init__(
            binary_graph_path=_GRAPH.format(device),
            side_inputs={
                "model_complexity": int(model_complexity),
                "num_hands": max_num_hands,
                "use_prev_landmarks": not static_image_mode,
            },
            calculator_params={
                f"{_DETECTION.format(device)}.min_score_thresh": min_detection_confidence,
                f"{_PRESENCE.format(device)}.threshold": min_tracking_confidence,
            },
            outputs=["multi_hand_landmarks", "multi_hand_world_landmarks", "multi_handedness"],
        )

    def process(self, image: Any) -> HandsOutputs:
        """Compute the landmarks of the hands in one image.

        image: HxWx3 uint8 RGB; not modified, and not copied if it is contiguous. Other threads must not
            write to it until `process` returns.

        Raises:
            InvalidArgumentError (a ValueError): the image is empty or does not have three channels, or the
                solution is closed. After an invalid image, the solution can still be used.
            TypeError: the image does not have the dtype uint8.
            RuntimeError: the graph failed; `reset` restarts it.
        """
        return HandsOutputs(*super().process({"image": shared_view(image)}))


__all__ = ["HAND_CONNECTIONS", "HandLandmark", "Hands", "HandsOutputs"]
