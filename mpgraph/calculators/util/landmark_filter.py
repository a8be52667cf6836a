"""LandmarkFilter: what the calculators that filter landmarks over time have in common."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import LANDMARK_LIST, NORMALIZED_LANDMARK_LIST
from mpgraph.errors import ret_check
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp


class LandmarkFilter(mp.Calculator):
    """The base class of calculators that filter LANDMARKS or NORM_LANDMARKS over time."""

    landmarks = mp.Input("LANDMARKS", LANDMARK_LIST, optional=True)
    norm_landmarks = mp.Input("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST, optional=True)
    filtered = mp.Output("FILTERED_LANDMARKS", LANDMARK_LIST, optional=True)
    norm_filtered = mp.Output("NORM_FILTERED_LANDMARKS", NORMALIZED_LANDMARK_LIST, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One input, the output of its type, and a filter."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("LANDMARKS") != contract.inputs.has("NORM_LANDMARKS"),
            "Exactly one landmarks input stream is expected: LANDMARKS or NORM_LANDMARKS.",
        )
        for of in ("LANDMARKS", "NORM_LANDMARKS"):
            output = of.replace("LANDMARKS", "FILTERED_LANDMARKS")
            contract.need(
                contract.outputs.has(output) == contract.inputs.has(of),
                f"Landmarks output stream should be of the same type as input one: {output} is for {of}.",
            )
        kinds = ", ".join(field.name for field in contract.options.DESCRIPTOR.oneofs[0].fields)
        contract.need(
            contract.options.WhichOneof("filter_options") is not None,
            f"The filter is not specified: set one of {kinds} in the options.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._count = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        normalized = cc.connected(self.norm_landmarks)
        landmarks = Landmarks.in_packet(cc.packet(self.norm_landmarks if normalized else self.landmarks))
        if landmarks is None:
            self._count = 0
            return
        if not self._count:
            self.reset(cc)
        ret_check(
            self._count in (0, len(landmarks)),
            f"there are {len(landmarks)} landmarks, but the filter has smoothed {self._count} so far.",
        )
        self._count = len(landmarks)
        with np.errstate(all="ignore"):
            smoothed = self.smoothed(cc, landmarks)
        cc.emit(self.norm_filtered if normalized else self.filtered, smoothed)

    def reset(self, cc: mp.CalculatorContext) -> None:
        """Start again: called before the first landmarks, and before the next after a call without any."""
        raise NotImplementedError

    def smoothed(self, cc: mp.CalculatorContext, landmarks: Landmarks) -> Landmarks:
        """Return the landmarks, filtered."""
        raise NotImplementedError
