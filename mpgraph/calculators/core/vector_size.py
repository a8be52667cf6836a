"""<element>VectorSizeCalculator: the length of a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import CLASSIFICATION_LIST, LANDMARK_LIST, register_family
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType


class VectorSizeCalculator(mp.Calculator):
    """Sends to SIZE (int) the number of elements of the list in VECTOR."""

    data: mp.Input[Any]
    out = mp.Output("SIZE", int)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        elements = cc.get(self.data)
        if elements is not None:
            cc.emit(self.out, len(elements))


def _ports(element: PayloadType) -> dict[str, mp.Port[Any] | PayloadType]:
    return {"data": mp.Input("VECTOR", packet_type.vector(element))}


register_family(
    VectorSizeCalculator,
    {
        "ClassificationListVectorSizeCalculator": CLASSIFICATION_LIST,
        "LandmarkListVectorSizeCalculator": LANDMARK_LIST,
    },
    _ports,
)
