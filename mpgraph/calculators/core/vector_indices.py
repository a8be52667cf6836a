"""<element>VectorIndicesCalculator: the indices of the elements of a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST, register_family
from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Input, Output, Port


class VectorIndicesCalculator(Calculator):
    """Sends to INDICES the list 0, 1, ... of the indices of the list in VECTOR."""

    data: Input[Any]
    out = Output("INDICES", packet_type.vector(packet_type.INT))
    timestamp_offset = 0

    @override
    def process(self, cc: CalculatorContext) -> None:
        cc.emit(self.out, list(range(len(cc[self.data]))))


def _ports(element: PayloadType) -> dict[str, Port[Any] | PayloadType]:
    return {"data": Input("VECTOR", packet_type.vector(element))}


register_family(
    VectorIndicesCalculator,
    {
        "IntVectorIndicesCalculator": packet_type.INT,
        "NormalizedLandmarkListVectorIndicesCalculator": NORMALIZED_LANDMARK_LIST,
        "Uint64tVectorIndicesCalculator": packet_type.UINT64,
    },
    _ports,
)
