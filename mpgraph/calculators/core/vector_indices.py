"""<element>VectorIndicesCalculator: the indices of the elements of a list."""

from __future__ import annotations

from mpgraph.calculators.core import families
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type


@families.register(
    {
        "IntVectorIndicesCalculator": packet_type.INT,
        "NormalizedLandmarkListVectorIndicesCalculator": families.NORMALIZED_LANDMARK_LIST,
        "Uint64tVectorIndicesCalculator": packet_type.UINT64,
    }
)
class VectorIndicesCalculator(mp.Calculator):
    """Sends to INDICES the list 0, 1, ... of the indices of the list in VECTOR."""

    data = mp.Input("VECTOR", families.VECTOR)
    out = mp.Output("INDICES", packet_type.vector(packet_type.INT))
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, list(range(len(cc[self.data]))))
