"""Clip<element>VectorSizeCalculator: keep the first elements of a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_RECT, register_family
from mpgraph.errors import InternalError
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType


class ClipVectorSizeCalculator(mp.Calculator):
    """Forwards the first elements of a list, at most as many as the side packet or `max_vec_size` allows.

    The input and the output are lists. The side packet (int), if connected, overrides the option.

    A size below 1 is an error.
    """

    data: mp.Input[Any]
    out: mp.Output[Any]
    size = mp.SideInput("", int, optional=True)
    Options = mp.ProtoOptions("ClipVectorSizeCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`max_vec_size` is at least 1."""
        super().get_contract(contract)
        _need_positive(contract.options.max_vec_size)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._size: int = cc[self.size] if cc.has(self.size) else cc.options.max_vec_size

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        _need_positive(self._size)
        elements = cc.get(self.data)
        if elements is not None:
            cc.emit(self.out, elements[: self._size])


def _need_positive(size: int) -> None:
    if size < 1:
        raise InternalError(f"max_vec_size should be greater than or equal to 1, not {size}.")


def _ports(element: PayloadType) -> dict[str, mp.Port[Any] | PayloadType]:
    vector = packet_type.vector(element)
    return {"data": mp.Input("", vector), "out": mp.Output("", vector)}


register_family(
    ClipVectorSizeCalculator,
    {
        "ClipDetectionVectorSizeCalculator": DETECTION,
        "ClipNormalizedRectVectorSizeCalculator": NORMALIZED_RECT,
    },
    _ports,
)
