"""MergeCalculator: merge streams; earlier inputs have priority."""

from __future__ import annotations

from mpgraph.framework import calculator_framework as mp


@mp.register
class MergeCalculator(mp.Calculator):
    """Forwards, at each time, the packet of the first input that has one; the others are dropped.

    The inputs may have different types.
    """

    data = mp.Input("", repeated=True)
    out = mp.Output("")
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        for packet in cc.packets:
            if not packet.is_empty():
                cc.forward(self.out, packet)
                return
