"""RoundRobinDemuxCalculator: deals packets out to several streams in turn."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class RoundRobinDemuxCalculator(Calculator):
    """Sends each packet to the next of its OUTPUT streams in turn, and that stream's index to SELECT."""

    data = Input("")
    out = Output("OUTPUT", repeated=True, same_as=data)
    select = Output("SELECT", int, optional=True)
    timestamp_offset = 0

    def open(self, cc: CalculatorContext) -> None:
        """Begin with the first output."""
        self._index = 0

    def process(self, cc: CalculatorContext) -> None:
        """Deal one packet."""
        cc.forward(self.out, cc.packet(self.data), index=self._index)
        cc.emit(self.select, self._index)
        self._index = (self._index + 1) % cc.output_tags.count("OUTPUT")
