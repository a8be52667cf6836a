"""...VectorSizeCalculator: how long a list is."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import CLASSIFICATION_LIST, LANDMARK_LIST, register_family
from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Input, Output, Port


class VectorSizeCalculator(Calculator):
    """Sends the number of elements of the list in VECTOR to SIZE."""

    data: Input[Any]
    out = Output("SIZE", int)
    timestamp_offset = 0

    def process(self, cc: CalculatorContext) -> None:
        """Count."""
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
