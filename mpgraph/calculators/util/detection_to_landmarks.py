"""DetectionToLandmarksCalculator: the key points of a detection as landmarks."""

from __future__ import annotations

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_LANDMARK_LIST
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList


@mp.register
class DetectionToLandmarksCalculator(mp.Calculator):
    """Converts the relative key points of a detection into landmarks.

    DETECTION: a Detection. LANDMARKS: a NormalizedLandmarkList with x and y of each key point.
    """

    detection = mp.Input("DETECTION", DETECTION)
    landmarks = mp.Output("LANDMARKS", NORMALIZED_LANDMARK_LIST)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        points = cc[self.detection].location_data.relative_keypoints
        landmarks = [NormalizedLandmark(x=point.x, y=point.y) for point in points]
        cc.emit(self.landmarks, NormalizedLandmarkList(landmark=landmarks))
