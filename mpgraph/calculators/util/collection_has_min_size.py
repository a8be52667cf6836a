"""<element>VectorHasMinSizeCalculator: whether a list has a minimum number of elements."""

from __future__ import annotations

from mpgraph.calculators.core import families
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.collection_has_min_size_calculator_pb2 import CollectionHasMinSizeCalculatorOptions


@families.register(
    {
        "ClassificationListVectorHasMinSizeCalculator": families.CLASSIFICATION_LIST,
        "NormalizedLandmarkListVectorHasMinSizeCalculator": families.NORMALIZED_LANDMARK_LIST,
        "NormalizedRectVectorHasMinSizeCalculator": families.NORMALIZED_RECT,
    }
)
class CollectionHasMinSizeCalculator(mp.Calculator):
    """Sends whether a list has at least a certain number of elements.

    ITERABLE is the list. The output is a bool. The side packet (int), if connected, overrides the option
    `min_size` (default: 0).
    """

    iterable = mp.Input("ITERABLE", families.VECTOR)
    out = mp.Output("", bool)
    size = mp.SideInput("", int, optional=True)
    Options = mp.ProtoOptions(CollectionHasMinSizeCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`min_size` is not negative."""
        super().get_contract(contract)
        ret_check(contract.options.min_size >= 0, f"min_size is {contract.options.min_size}; use 0 or more.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._size: int = cc.get(self.size, cc.options_as(self.Options).min_size)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.iterable):
            cc.emit(self.out, len(cc[self.iterable]) >= self._size)
