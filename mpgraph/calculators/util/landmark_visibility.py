"""LandmarkVisibilityCalculator: the visibility of one landmark."""

from __future__ import annotations

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp


@mp.register
class LandmarkVisibilityCalculator(mp.Calculator):
    """Sends the visibility of a landmark.

    NORM_LANDMARKS: a NormalizedLandmarkList of one landmark.
    VISIBILITY: float, 0 if the landmark has none.
    """

    landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    visibility = mp.Output("VISIBILITY", float)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        message = cc.get(self.landmarks)
        if message is None:
            return
        count = len(message.landmark)
        ret_check(count == 1, f"one landmark is needed, but there are {count}.")
        cc.emit(self.visibility, message.landmark[0].visibility)
