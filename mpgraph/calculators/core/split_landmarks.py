"""Split<landmarks>ListCalculator: send parts of a list of landmarks to separate streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mpgraph.calculators.core.families import (
    LANDMARK,
    LANDMARK_LIST,
    NORMALIZED_LANDMARK,
    NORMALIZED_LANDMARK_LIST,
    register_family,
)
from mpgraph.calculators.core.split_vector import SplitVectorCalculator
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import PayloadType

_LANDMARKS = {LANDMARK_LIST: LANDMARK, NORMALIZED_LANDMARK_LIST: NORMALIZED_LANDMARK}


class SplitLandmarksCalculator(SplitVectorCalculator):
    """Sends the landmarks begin..end (end excluded) of `ranges[i]` of its options to output i.

    The input is a LandmarkList or NormalizedLandmarkList message; each output is such a message, or with
    `element_only`, which requires ranges of one landmark, the landmark itself. With `combine_outputs` the
    ranges are joined in one list, the only output.

    A list shorter than the ranges is an error. With `combine_outputs` the ranges may not overlap.
    """

    list_class: ClassVar[Any]

    @mp.override
    def elements_of(self, data: Any) -> Sequence[Any]:
        landmarks: Sequence[Any] = data.landmark
        return landmarks

    @mp.override
    def joined(self, part: Sequence[Any]) -> Any:
        return self.list_class(landmark=part)


def _ports(landmark_list: PayloadType) -> dict[str, Any]:
    return {
        "element": _LANDMARKS[landmark_list],
        "list_class": landmark_list.python,
        "data": mp.Input[Any]("", landmark_list),
        "out": mp.Output[Any]("", landmark_list, repeated=True),
    }


register_family(
    SplitLandmarksCalculator,
    {
        "SplitLandmarkListCalculator": LANDMARK_LIST,
        "SplitNormalizedLandmarkListCalculator": NORMALIZED_LANDMARK_LIST,
    },
    _ports,
)
