"""RoundRobinDemuxCalculator: distribute packets to several streams in turn."""

from __future__ import annotations

from mpgraph.framework import calculator_framework as mp


@mp.register
class RoundRobinDemuxCalculator(mp.Calculator):
    """Sends each packet to the next OUTPUT stream in turn, and the index of that stream to SELECT (int)."""

    data = mp.Input("")
    out = mp.Output("OUTPUT", repeated=True, same_as=data)
    select = mp.Output("SELECT", int, optional=True)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._index = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.forward(self.out, cc.packet(self.data), index=self._index)
        cc.emit(self.select, self._index)
        self._index = (self._index + 1) % cc.output_tags.count("OUTPUT")
