"""Clip<element>VectorSizeCalculator: keep the first elements of a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_RECT, register_family
from mpgraph.errors import InternalError
from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Input, Output, Port, SideInput


class ClipVectorSizeCalculator(Calculator):
    """Forwards the first elements of a list, at most as many as the side packet or `max_vec_size` allows.

    The input and the output are lists. The side packet (int), if connected, overrides the option.

    A size below 1 is an error.
    """

    data: Input[Any]
    out: Output[Any]
    size = SideInput("", int, optional=True)
    Options = ProtoOptions("ClipVectorSizeCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """`max_vec_size` is at least 1."""
        super().get_contract(contract)
        _need_positive(contract.options.max_vec_size)

    @override
    def open(self, cc: CalculatorContext) -> None:
        self._size: int = cc[self.size] if cc.has(self.size) else cc.options.max_vec_size

    @override
    def process(self, cc: CalculatorContext) -> None:
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
