"""BeginLoop<item>Calculator: send the elements of a list one by one."""

from __future__ import annotations

from mpgraph.calculators.core import families
from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp


@families.register({f"BeginLoop{name}Calculator": element for name, element in families.LOOP_ITEMS.items()})
class BeginLoopCalculator(mp.Calculator):
    """Sends each element of a list as a separate packet, at times 0, 1, 2, ... of the loop.

    ITERABLE is the list and ITEM its elements. Output CLONE:i repeats, with every element, the packet that
    input CLONE:i has at the time of the list. BATCH_END (Timestamp) is the time of the list, sent with the
    last element, for the EndLoop calculator. TICK only makes the calculator run.

    An empty list, or a settled time without a list, takes up one time of the loop, with BATCH_END only.
    """

    iterable = mp.Input("ITERABLE", families.VECTOR)
    item = mp.Output("ITEM", families.ELEMENT)
    clone = mp.Input("CLONE", repeated=True, optional=True)
    tick = mp.Input("TICK", optional=True)
    batch_end = mp.Output("BATCH_END", mp.Timestamp)
    clone_out = mp.Output("CLONE", repeated=True, optional=True, same_as=clone)
    process_timestamp_bounds = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """There are as many CLONE outputs as CLONE inputs."""
        super().get_contract(contract)
        inputs, outputs = contract.inputs.count("CLONE"), contract.outputs.count("CLONE")
        ret_check(inputs == outputs, f"there are {inputs} CLONE inputs and {outputs} CLONE outputs.")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._t = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
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
