"""SetLandmarkVisibilityCalculator: another visibility for a landmark."""

from __future__ import annotations

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList


@mp.register
class SetLandmarkVisibilityCalculator(mp.Calculator):
    """Sets the visibility of a single landmark.

    NORM_LANDMARKS: a NormalizedLandmarkList with exactly one landmark. VISIBILITY: a float.
    Output NORM_LANDMARKS: the list with that visibility, sent where both inputs have a packet.
    """

    landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    visibility = mp.Input("VISIBILITY", float)
    out = mp.Output("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        given, visibility = cc.get(self.landmarks), cc.get(self.visibility)
        if given is None or visibility is None:
            return
        ret_check(
            len(given.landmark) == 1, f"the list must have one landmark, but it has {len(given.landmark)}."
        )
        changed = NormalizedLandmarkList(landmark=given.landmark)
        changed.landmark[0].visibility = visibility
        cc.emit(self.out, changed)
