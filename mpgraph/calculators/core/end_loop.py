"""EndLoop<item>Calculator: collect the results of a loop in a list."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core import families
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts


@families.register({f"EndLoop{name}Calculator": element for name, element in families.LOOP_ITEMS.items()})
class EndLoopCalculator(mp.Calculator):
    """Collects the packets of ITEM until BATCH_END in a list and sends it at the time of the original list.

    ITEM is an element at each time of the loop, BATCH_END (Timestamp) the time of the original list; both
    come from a BeginLoop calculator, directly or through other nodes. ITERABLE is the list of the elements.

    Without elements before BATCH_END no list is sent, and ITERABLE is settled at that time.
    """

    item = mp.Input("ITEM", families.ELEMENT)
    iterable = mp.Output("ITERABLE", families.VECTOR)
    batch_end = mp.Input("BATCH_END", mp.Timestamp)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._items: list[Any] = []

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
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
