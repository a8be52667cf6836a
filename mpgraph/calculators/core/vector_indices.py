"""<element>VectorIndicesCalculator: the indices of the elements of a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST, register_family
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType


class VectorIndicesCalculator(mp.Calculator):
    """Sends to INDICES the list 0, 1, ... of the indices of the list in VECTOR."""

    data: mp.Input[Any]
    out = mp.Output("INDICES", packet_type.vector(packet_type.INT))
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, list(range(len(cc[self.data]))))


def _ports(element: PayloadType) -> dict[str, mp.Port[Any] | PayloadType]:
    return {"data": mp.Input("VECTOR", packet_type.vector(element))}


register_family(
    VectorIndicesCalculator,
    {
        "IntVectorIndicesCalculator": packet_type.INT,
        "NormalizedLandmarkListVectorIndicesCalculator": NORMALIZED_LANDMARK_LIST,
        "Uint64tVectorIndicesCalculator": packet_type.UINT64,
    },
    _ports,
)
