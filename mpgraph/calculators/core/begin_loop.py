"""BeginLoop...Calculator: sends the elements of a list one by one."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.families import LOOP_ITEMS, register_family
from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import ret_check
from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.packet_type import PayloadType
from mpgraph.framework.ports import Input, Output, Port
from mpgraph.framework.timestamp import Timestamp


class BeginLoopCalculator(Calculator):
    """Sends each element of the list in ITERABLE to ITEM, at times of the loop's own: 0, 1, 2, ...

    CLONE:i inputs are repeated with every element. With the last one, BATCH_END tells the end loop
    calculator the list's own time. A list without elements, or a settled time without a list, uses
    up one time of the loop for its BATCH_END. TICK only makes the calculator run.
    """

    iterable: Input[Any]
    item: Output[Any]
    clone = Input("CLONE", repeated=True, optional=True)
    tick = Input("TICK", optional=True)
    batch_end = Output("BATCH_END", Timestamp)
    clone_out = Output("CLONE", repeated=True, optional=True, same_as=clone)
    process_timestamp_bounds = True

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Pair CLONE inputs and outputs."""
        super().get_contract(contract)
        inputs, outputs = contract.inputs.count("CLONE"), contract.outputs.count("CLONE")
        ret_check(inputs == outputs, f"there are {inputs} CLONE inputs and {outputs} CLONE outputs.")

    def open(self, cc: CalculatorContext) -> None:
        """Start the loop's time."""
        self._t = 0

    def process(self, cc: CalculatorContext) -> None:
        """Send all elements, and the end."""
        clones = cc.all(self.clone)
        elements = cc.get(self.iterable) or ()
        for element in elements:
            cc.emit(self.item, element, self._t)
            for i, packet in enumerate(clones):
                if not packet.is_empty():
                    cc.forward(self.clone_out, restamp(packet, self._t), index=i)
            self._t += 1
        if not elements:
            self._t += 1
            for shard in cc.outputs:
                shard.set_next_timestamp_bound(self._t)
        cc.emit(self.batch_end, cc.timestamp, self._t - 1)


def _ports(element: PayloadType) -> dict[str, Port[Any] | PayloadType]:
    return {"iterable": Input("ITERABLE", packet_type.vector(element)), "item": Output("ITEM", element)}


register_family(
    BeginLoopCalculator,
    {f"BeginLoop{name}Calculator": element for name, element in LOOP_ITEMS.items()},
    _ports,
)
