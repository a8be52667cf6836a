"""RoundRobinDemuxCalculator: distribute packets to several streams in turn."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class RoundRobinDemuxCalculator(Calculator):
    """Sends each packet to the next OUTPUT stream in turn, and the index of that stream to SELECT (int)."""

    data = Input("")
    out = Output("OUTPUT", repeated=True, same_as=data)
    select = Output("SELECT", int, optional=True)
    timestamp_offset = 0

    @override
    def open(self, cc: CalculatorContext) -> None:
        self._index = 0

    @override
    def process(self, cc: CalculatorContext) -> None:
        cc.forward(self.out, cc.packet(self.data), index=self._index)
        cc.emit(self.select, self._index)
        self._index = (self._index + 1) % cc.output_tags.count("OUTPUT")
