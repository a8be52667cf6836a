"""Clip<element>VectorSizeCalculator: keep the first elements of a list."""

from __future__ import annotations

from mpgraph.calculators.core import families
from mpgraph.errors import InternalError
from mpgraph.framework import calculator_framework as mp


@families.register(
    {
        "ClipDetectionVectorSizeCalculator": families.DETECTION,
        "ClipNormalizedRectVectorSizeCalculator": families.NORMALIZED_RECT,
    }
)
class ClipVectorSizeCalculator(mp.Calculator):
    """Forwards the first elements of a list, at most as many as the side packet or `max_vec_size` allows.

    The input and the output are lists. The side packet (int), if connected, overrides the option.

    A size below 1 is an error.
    """

    data = mp.Input("", families.VECTOR)
    out = mp.Output("", families.VECTOR)
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
