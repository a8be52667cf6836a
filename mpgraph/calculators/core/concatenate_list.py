"""Concatenate<list>Calculator: join messages that hold a list in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpgraph.calculators.core import families
from mpgraph.calculators.core.concatenate_vector import ConcatenateVectorCalculator
from mpgraph.framework import calculator_framework as mp


@families.register(
    {
        "ConcatenateClassificationListCalculator": families.CLASSIFICATION_LIST,
        "ConcatenateLandmarkListCalculator": families.LANDMARK_LIST,
        "ConcatenateNormalizedLandmarkListCalculator": families.NORMALIZED_LANDMARK_LIST,
    }
)
class ConcatenateListCalculator(ConcatenateVectorCalculator):
    """Joins the messages of its inputs at one time, in the order of the inputs, in one message.

    Inputs without a packet are skipped; with `only_emit_if_all_present` nothing is sent then.
    """

    data = mp.Input("", families.ELEMENT, repeated=True)
    out = mp.Output("", families.ELEMENT)

    @mp.override
    def joined(self, packets: Sequence[mp.Packet]) -> Any:
        list_class: Any = self.element.python
        joined = list_class()
        for packet in packets:
            joined.MergeFrom(packet.payload)  # Appends what the list holds.
        return joined
