"""EndLoop...Calculator: gathers the results of a loop in a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import LOOP_ITEMS, register_family
from mpgraph.framework import packet_type
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Input, Output, Port
from mpgraph.framework.timestamp import Timestamp


class EndLoopCalculator(Calculator):
    """Gathers the packets of ITEM in a list until BATCH_END, and sends it to ITERABLE at the time told there.

    Both inputs come, by way of other calculators or not, from a begin loop calculator. When no item
    came, only the bound moves.
    """

    item: Input[Any]
    iterable: Output[Any]
    batch_end = Input("BATCH_END", Timestamp)

    def open(self, cc: CalculatorContext) -> None:
        """Begin with nothing."""
        self._items: list[Any] = []

    def process(self, cc: CalculatorContext) -> None:
        """Keep an item, and send all of them at the end."""
        if cc.has(self.item):
            self._items.append(cc[self.item])
        if not cc.has(self.batch_end):
            return
        end = cc[self.batch_end].value
        if self._items:
            cc.emit(self.iterable, self._items, end)
            self._items = []
        else:
            cc.set_next_timestamp_bound(self.iterable, ts.next_allowed(end))


def _ports(element: PayloadType) -> dict[str, Port[Any] | PayloadType]:
    return {"item": Input("ITEM", element), "iterable": Output("ITERABLE", packet_type.vector(element))}


register_family(
    EndLoopCalculator,
    {f"EndLoop{name}Calculator": element for name, element in LOOP_ITEMS.items()},
    _ports,
)
