"""<element>VectorSizeCalculator: the length of a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import CLASSIFICATION_LIST, LANDMARK_LIST, register_family
from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Input, Output, Port


class VectorSizeCalculator(Calculator):
    """Sends to SIZE (int) the number of elements of the list in VECTOR."""

    data: Input[Any]
    out = Output("SIZE", int)
    timestamp_offset = 0

    @override
    def process(self, cc: CalculatorContext) -> None:
        elements = cc.get(self.data)
        if elements is not None:
            cc.emit(self.out, len(elements))


def _ports(element: PayloadType) -> dict[str, Port[Any] | PayloadType]:
    return {"data": Input("VECTOR", packet_type.vector(element))}


register_family(
    VectorSizeCalculator,
    {
        "ClassificationListVectorSizeCalculator": CLASSIFICATION_LIST,
        "LandmarkListVectorSizeCalculator": LANDMARK_LIST,
    },
    _ports,
)
