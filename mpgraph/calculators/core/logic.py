"""LogicCalculator: and, or, exclusive or of boolean streams."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce

from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.framework import calculator_framework as mp

_OPERATIONS: tuple[Callable[[bool, bool], bool], ...] = (operator.and_, operator.or_, operator.xor)
"""Indexed by LogicCalculatorOptions.Operation: AND, OR, XOR."""


@mp.register
class LogicCalculator(mp.Calculator):
    """Combines booleans by the option `op`: AND, OR or XOR; `negate` inverts the result.

    The operands are the packets of all inputs, all side packets and the values of `input_value`.

    It is an error if an input has no packet at a time when another one has.
    """

    data = mp.Input("", bool, repeated=True)
    constants = mp.SideInput("", bool, repeated=True, optional=True)
    out = mp.Output("", bool)
    Options = mp.ProtoOptions("LogicCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One output is connected."""
        super().get_contract(contract)
        ret_check(len(contract.outputs) == 1, "LogicCalculator has exactly one output stream.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        options = cc.options
        for packet, name in zip(cc.packets, cc.input_tags.names, strict=True):
            if packet.is_empty():
                raise InvalidArgumentError(
                    f'The input stream "{name}" has no packet at {cc.t}; LogicCalculator needs one in each '
                    "of its inputs whenever there is one in any."
                )
        values = [
            *options.input_value,
            *(packet.payload for packet in cc.packets),
            *(packet.payload for packet in cc.side_packets),
        ]
        start = options.op == 0
        result = reduce(_OPERATIONS[options.op], values, start)
        cc.emit(self.out, result != options.negate)
