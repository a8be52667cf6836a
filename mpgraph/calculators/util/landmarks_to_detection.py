"""LandmarksToDetectionCalculator: a detection around landmarks, with the landmarks as key points."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_LANDMARK_LIST
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.detections import relative_detections
from mpgraph.formats.landmarks import Landmarks, extent
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.landmarks_to_detection_calculator_pb2 import LandmarksToDetectionCalculatorOptions


@mp.register
class LandmarksToDetectionCalculator(mp.Calculator):
    """Converts landmarks into a detection: the box around them, and x and y of each as a key point.

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
        landmarks = Landmarks.in_packet(cc.packet(self.landmarks))
        if landmarks is None:
            return
        ret_check(len(landmarks), "Input landmark vector is empty.")
        if self._selected:
            if not 0 <= min(self._selected) <= max(self._selected) < len(landmarks):
                raise InvalidArgumentError(
                    f"Index of landmark subset is out of range: there are {len(landmarks)} landmarks, but "
                    f"selected_landmark_indices has {max(self._selected)}."
                )
            landmarks = landmarks.take(self._selected)
        (left, right), (top, bottom) = extent(landmarks.x), extent(landmarks.y)
        boxes = np.array([[left, top, right - left, bottom - top]], np.float32)
        (detection,) = relative_detections(boxes, landmarks.values[None, :, :2])
        cc.emit(self.detection, detection)
