"""Clip...VectorSizeCalculator: the first elements of a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_RECT, register_family
from mpgraph.errors import InternalError
from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Input, Output, Port, SideInput


class ClipVectorSizeCalculator(Calculator):
    """Passes on at most so many elements of a list: the side packet says how many, or `max_vec_size`."""

    data: Input[Any]
    out: Output[Any]
    size = SideInput("", int, optional=True)
    Options = ProtoOptions("ClipVectorSizeCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the size."""
        super().get_contract(contract)
        _need_positive(contract.options.max_vec_size)

    def open(self, cc: CalculatorContext) -> None:
        """Read the size."""
        self._size: int = cc[self.size] if cc.has(self.size) else cc.options.max_vec_size

    def process(self, cc: CalculatorContext) -> None:
        """Clip."""
        _need_positive(self._size)
        elements = cc.get(self.data)
        if elements is not None:
            cc.emit(self.out, elements[: self._size])


def _need_positive(size: int) -> None:
    if size < 1:
        raise InternalError(f"max_vec_size should be greater than or equal to 1, not {size}.")


def _ports(element: PayloadType) -> dict[str, Port[Any] | PayloadType]:
    vector = packet_type.vector(element)
    return {"data": Input("", vector), "out": Output("", vector)}


register_family(
    ClipVectorSizeCalculator,
    {
        "ClipDetectionVectorSizeCalculator": DETECTION,
        "ClipNormalizedRectVectorSizeCalculator": NORMALIZED_RECT,
    },
    _ports,
)
