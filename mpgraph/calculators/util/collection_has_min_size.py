"""<element>VectorHasMinSizeCalculator: whether a list has a minimum number of elements."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import (
    CLASSIFICATION_LIST,
    NORMALIZED_LANDMARK_LIST,
    NORMALIZED_RECT,
    register_family,
)
from mpgraph.errors import ret_check
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.packet_type import PayloadType, vector
from mpgraph.framework.ports import Input, Output, Port, SideInput
from mpgraph.protos.collection_has_min_size_calculator_pb2 import CollectionHasMinSizeCalculatorOptions


class CollectionHasMinSizeCalculator(Calculator):
    """Sends whether a list has at least a certain number of elements.

    ITERABLE is the list. The output is a bool. The side packet (int), if connected, overrides the option
    `min_size` (default: 0).
    """

    iterable: Input[Any]
    out = Output("", bool)
    size = SideInput("", int, optional=True)
    Options = ProtoOptions(CollectionHasMinSizeCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """`min_size` is not negative."""
        super().get_contract(contract)
        ret_check(contract.options.min_size >= 0, f"min_size is {contract.options.min_size}; use 0 or more.")

    @override
    def open(self, cc: CalculatorContext) -> None:
        self._size: int = cc.get(self.size, cc.options_as(self.Options).min_size)

    @override
    def process(self, cc: CalculatorContext) -> None:
        if cc.has(self.iterable):
            cc.emit(self.out, len(cc[self.iterable]) >= self._size)


def _ports(element: PayloadType) -> dict[str, Port[Any] | PayloadType]:
    return {"iterable": Input("ITERABLE", vector(element))}


register_family(
    CollectionHasMinSizeCalculator,
    {
        "ClassificationListVectorHasMinSizeCalculator": CLASSIFICATION_LIST,
        "NormalizedLandmarkListVectorHasMinSizeCalculator": NORMALIZED_LANDMARK_LIST,
        "NormalizedRectVectorHasMinSizeCalculator": NORMALIZED_RECT,
    },
    _ports,
)
