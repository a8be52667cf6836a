"""Split<landmarks>ListCalculator: send parts of a list of landmarks to separate streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpgraph.calculators.core import families
from mpgraph.calculators.core.split_vector import SplitVectorCalculator
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp

_LISTS = {
    families.LANDMARK: families.LANDMARK_LIST,
    families.NORMALIZED_LANDMARK: families.NORMALIZED_LANDMARK_LIST,
}


@families.register(
    {
        "SplitLandmarkListCalculator": families.LANDMARK,
        "SplitNormalizedLandmarkListCalculator": families.NORMALIZED_LANDMARK,
    },
    vector_of=_LISTS.__getitem__,
)
class SplitLandmarksCalculator(SplitVectorCalculator):
    """Sends the landmarks begin..end (end excluded) of `ranges[i]` of its options to output i.

    The input is a LandmarkList or NormalizedLandmarkList message; each output is such a message, or with
    `element_only`, which requires ranges of one landmark, the landmark itself. With `combine_outputs` the
    ranges are joined in one list, the only output.

    A list shorter than the ranges is an error. With `combine_outputs` the ranges may not overlap.
    """

    @mp.override
    def elements_of(self, packet: mp.Packet) -> Landmarks:
        return Landmarks.of(packet.compact)

    @mp.override
    def joined(self, elements: Landmarks, indexes: Sequence[int]) -> Landmarks:
        return elements.take(indexes)

    @mp.override
    def single(self, elements: Landmarks, index: int) -> Any:
        return elements.take([index]).expanded().landmark[0]
