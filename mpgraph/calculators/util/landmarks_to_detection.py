"""LandmarksToDetectionCalculator: a detection around landmarks, with the landmarks as key points."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_LANDMARK_LIST
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.landmarks import Floats, Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.landmarks_to_detection_calculator_pb2 import LandmarksToDetectionCalculatorOptions
from mpgraph.protos.location_data_pb2 import LocationData

_SMALLEST_POSITIVE = np.finfo(np.float32).tiny

# LocationData.relative_keypoints on the wire: tag and size of the point, then tag and value of x and y.
_POINT = np.dtype(
    [("tag", "u1"), ("size", "u1"), ("x_tag", "u1"), ("x", "<f4"), ("y_tag", "u1"), ("y", "<f4")]
)
_POINT_TAG, _POINT_SIZE, _X_TAG, _Y_TAG = 5 << 3 | 2, 10, 1 << 3 | 5, 2 << 3 | 5


@mp.register
class LandmarksToDetectionCalculator(mp.Calculator):
    """Converts landmarks to a detection: the box around them, and x and y of each as a key point.

    NORM_LANDMARKS: a NormalizedLandmarkList with at least one landmark.
    DETECTION: a Detection with a relative bounding box and as many key points as there are landmarks.

    Option: `selected_landmark_indices`, the landmarks to use, in this order (default: all). As in MediaPipe,
    the right and the lower edge of the box are never below 0.
    """

    landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    detection = mp.Output("DETECTION", DETECTION)
    Options = mp.ProtoOptions(LandmarksToDetectionCalculatorOptions)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._selected = list(cc.options_as(self.Options).selected_landmark_indices)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        message = cc.get(self.landmarks)
        if message is None:
            return
        landmarks = Landmarks.of(message)
        ret_check(len(landmarks), "Input landmark vector is empty.")
        if self._selected:
            if not 0 <= min(self._selected) <= max(self._selected) < len(landmarks):
                raise InvalidArgumentError(
                    f"Index of landmark subset is out of range: there are {len(landmarks)} landmarks, but "
                    f"selected_landmark_indices has {max(self._selected)}."
                )
            landmarks = landmarks.take(self._selected)
        cc.emit(self.detection, _detection(landmarks.x, landmarks.y))


def _detection(x: Floats, y: Floats) -> Detection:
    # MediaPipe starts the search for the maximum at FLT_MIN, the smallest positive number. NaN is ignored.
    left, right = np.fmin.reduce(x), np.fmax.reduce(x, initial=_SMALLEST_POSITIVE)
    top, bottom = np.fmin.reduce(y), np.fmax.reduce(y, initial=_SMALLEST_POSITIVE)
    detection = Detection()
    location = detection.location_data
    location.format = LocationData.RELATIVE_BOUNDING_BOX
    box = location.relative_bounding_box
    box.xmin, box.ymin = float(left), float(top)
    box.width, box.height = float(right - left), float(bottom - top)
    points = np.empty(len(x), _POINT)
    points["tag"], points["size"] = _POINT_TAG, _POINT_SIZE
    points["x_tag"], points["x"] = _X_TAG, x
    points["y_tag"], points["y"] = _Y_TAG, y
    location.MergeFromString(points.tobytes())
    return detection
