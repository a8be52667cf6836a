"""<element>VectorSizeCalculator: the length of a list."""

from __future__ import annotations

from mpgraph.calculators.core import families
from mpgraph.framework import calculator_framework as mp


@families.register(
    {
        "ClassificationListVectorSizeCalculator": families.CLASSIFICATION_LIST,
        "LandmarkListVectorSizeCalculator": families.LANDMARK_LIST,
    }
)
class VectorSizeCalculator(mp.Calculator):
    """Sends to SIZE (int) the number of elements of the list in VECTOR."""

    data = mp.Input("VECTOR", families.VECTOR)
    out = mp.Output("SIZE", int)
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        elements = cc.get(self.data)
        if elements is not None:
            cc.emit(self.out, len(elements))
