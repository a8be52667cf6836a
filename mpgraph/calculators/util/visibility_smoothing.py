"""VisibilitySmoothingCalculator: smooth the visibility of landmarks over time."""

from __future__ import annotations

from mpgraph.calculators.util.landmark_filter import LandmarkFilter
from mpgraph.calculators.util.smoothing_filters import LowPassFilter
from mpgraph.formats.landmarks import FIELDS, Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.visibility_smoothing_calculator_pb2 import VisibilitySmoothingCalculatorOptions

_VISIBILITY = FIELDS.index("visibility")


@mp.register
class VisibilitySmoothingCalculator(LandmarkFilter):
    """Smooths the visibility of landmarks over time; other fields stay as they are.

    LANDMARKS (LandmarkList) or NORM_LANDMARKS (NormalizedLandmarkList): always as many landmarks. After times
        without packet the filter continues from the last one, as in MediaPipe.
    FILTERED_LANDMARKS or NORM_FILTERED_LANDMARKS: the same landmarks with smoothed visibility.

    Options: `low_pass_filter`, whose `alpha` in 0..1 is the weight of new values, or `no_filter`.
    """

    Options = mp.ProtoOptions(VisibilitySmoothingCalculatorOptions)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """As for LandmarkFilter, with a weight in 0..1."""
        super().get_contract(contract)
        alpha = contract.options.low_pass_filter.alpha
        contract.need(0 <= alpha <= 1, f"alpha must be in 0..1, not {alpha}.")

    @mp.override
    def reset(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._filter: LowPassFilter | None = None
        if options.HasField("low_pass_filter"):
            self._filter = LowPassFilter(options.low_pass_filter.alpha)

    @mp.override
    def smoothed(self, cc: mp.CalculatorContext, landmarks: Landmarks) -> Landmarks:
        if self._filter is None:
            return landmarks
        smoothed = landmarks.copy()
        smoothed.values[:, _VISIBILITY] = self._filter.apply(landmarks.values[:, _VISIBILITY].copy())
        smoothed.is_set[:, _VISIBILITY] = True
        return smoothed
