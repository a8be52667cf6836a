"""FaceDetection: find faces in an image, with six key points of each.

The API is that of MediaPipe's `mp.solutions.face_detection`; the graphs are those of
graphs/modules/face_detection.
"""

from __future__ import annotations

import enum
import numbers
from typing import Any, NamedTuple

from mpgraph.protos.detection_pb2 import Detection
from mpgraph.solutions.device import check_device
from mpgraph.solutions.packet_data_type import PacketDataType, shared_view
from mpgraph.solutions.solution_base import SolutionBase

_GRAPH = "mediapipe/modules/face_detection/face_detection_{}_range_{}.pbtxt"
_THRESHOLD = "facedetection__TensorsToDetectionsCalculator.min_score_thresh"
_DEFAULT_CONFIDENCE = 0.5


class FaceKeyPoint(enum.IntEnum):
    """The positions of the key points in a detection. Right and left are those of the person."""

    RIGHT_EYE = 0
    LEFT_EYE = 1
    NOSE_TIP = 2
    MOUTH_CENTER = 3
    RIGHT_EAR_TRAGION = 4
    LEFT_EAR_TRAGION = 5


def get_key_point(detection: Any, key_point_enum: FaceKeyPoint) -> Any:
    """Return a key point of a detection.

    detection: a Detection message, as in the results of `FaceDetection.process`.
    Returns a RelativeKeypoint with `x` and `y` as fractions of the image's width and height, below 0 or above
    1 for points outside the image; None if `detection` is None.

    Raises:
        IndexError: the detection has no such key point.
    """
    if not detection or not detection.location_data:
        return None
    return detection.location_data.relative_keypoints[key_point_enum]


class FaceDetectionOutputs(NamedTuple):
    """The results of `FaceDetection.process`.

    detections: Detection messages, best first, each with a score in 0..1, a relative bounding box and the
        relative key points of `FaceKeyPoint`, all relative to the image's size; None if there is no face.
    """

    detections: list[Detection] | None


class FaceDetection(SolutionBase):
    """Detects faces in RGB images, and their eyes, noses, mouths and ears.

    min_detection_confidence: the minimum score of a face, in 0..1. The default selects the model's own
        threshold: 0.5 for short range, 0.6 for full range. In MediaPipe 0.10.21 the model's threshold always
        applies, because its Python package loses the argument.
    model_selection: 1 for the full range model, for faces within 5 m of the camera; any other number for the
        short range model, for faces within 2 m, which is faster.
    device: "cpu", or "gpu" for the GPU named by MPGRAPH_GPU_ADAPTER, by default the best one. Results differ
        slightly: MediaPipe's GPU graphs sample images half a pixel apart from its CPU graphs.

    Images are processed independently of each other.

    Raises:
        InvalidArgumentError (a ValueError): device has another value.
        TypeError: min_detection_confidence is not a number.
        GpuError: there is no usable GPU.
    """

    def __init__(
        self,
        min_detection_confidence: float = _DEFAULT_CONFIDENCE,
        model_selection: int = 0,
        *,
        device: str = "cpu",
    ) -> None:
        if not isinstance(min_detection_confidence, numbers.Real):
            raise TypeError(f"min_detection_confidence must be a number, not {min_detection_confidence!r}.")
        check_device(device)
        model = "full" if model_selection == 1 else "short"
        # MediaPipe sets the option where the nodes no longer read it, so the models' own thresholds (0.5 and
        # 0.6) always apply. Here they apply by default only.
        params = {f"facedetection{model}range__{_THRESHOLD}": min_detection_confidence}
        super().__init__(
            binary_graph_path=_GRAPH.format(model, device),
            calculator_params=params if min_detection_confidence != _DEFAULT_CONFIDENCE else None,
            outputs=["detections"],
            # The graph accepts images in host memory, too.
            stream_type_hints={"image": PacketDataType.GPU_BUFFER} if device == "gpu" else None,
        )

    def process(self, image: Any) -> FaceDetectionOutputs:
        """Find the faces in one image.

        image: HxWx3 uint8 RGB; not modified, and not copied if it is contiguous. Other threads must not
            write to it until `process` returns.

        Raises:
            InvalidArgumentError (a ValueError): the image is empty or does not have three channels, or the
                solution is closed. After an invalid image, the solution can still be used.
            TypeError: the image does not have the dtype uint8.
            RuntimeError: the graph failed; `reset` restarts it.
        """
        return FaceDetectionOutputs(super().process({"image": shared_view(image)}).detections)


__all__ = ["FaceDetection", "FaceDetectionOutputs", "FaceKeyPoint", "get_key_point"]
