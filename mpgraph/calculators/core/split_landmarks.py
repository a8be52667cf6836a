"""Split...LandmarkListCalculator: parts of a list of landmarks, each to a stream of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from mpgraph.calculators.core.families import (
    LANDMARK,
    LANDMARK_LIST,
    NORMALIZED_LANDMARK,
    NORMALIZED_LANDMARK_LIST,
)
from mpgraph.calculators.core.split_vector import SplitVectorCalculator
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.protos import landmark_pb2


class SplitLandmarksCalculator(SplitVectorCalculator):
    """What the calculators for both kinds of landmarks share: a message holds the list."""

    list_class: ClassVar[Any]

    def elements_of(self, data: Any) -> Sequence[Any]:
        """The landmarks."""
        landmarks: Sequence[Any] = data.landmark
        return landmarks

    def joined(self, part: Sequence[Any]) -> Any:
        """A list of them, as a message."""
        return self.list_class(landmark=part)


@register
class SplitLandmarkListCalculator(SplitLandmarksCalculator):
    """Sends the landmarks begin..end (end not included) of `ranges[i]` of its options to output i.

    With `element_only` every range has one landmark, and that goes out by itself, not in a list.
    With `combine_outputs` the ranges go out joined, in one list. A list that is too short is an error.
    """

    element = LANDMARK
    list_class = landmark_pb2.LandmarkList
    data = Input[Any]("", LANDMARK_LIST)
    out = Output[Any]("", LANDMARK_LIST, repeated=True)


@register
class SplitNormalizedLandmarkListCalculator(SplitLandmarksCalculator):
    """Sends the landmarks begin..end (end not included) of `ranges[i]` of its options to output i.

    With `element_only` every range has one landmark, and that goes out by itself, not in a list.
    With `combine_outputs` the ranges go out joined, in one list. A list that is too short is an error.
    """

    element = NORMALIZED_LANDMARK
    list_class = landmark_pb2.NormalizedLandmarkList
    data = Input[Any]("", NORMALIZED_LANDMARK_LIST)
    out = Output[Any]("", NORMALIZED_LANDMARK_LIST, repeated=True)
