"""PacketClonerCalculator: repeat the latest packets at every tick."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import copy_headers, restamp
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.tags import TagMap


@mp.register
class PacketClonerCalculator(mp.Calculator):
    """Sends the latest packet of each input again at the time of every tick.

    The tick is the input TICK, or else the last untagged input. The packets of the other untagged inputs go
    to the untagged outputs of the same index.

    An input without a packet so far is skipped. With `output_only_when_all_inputs_received` nothing is sent
    before every input had a packet; with `output_packets_only_when_all_inputs_received` only bounds are.
    """

    tick = mp.Input("TICK", optional=True)
    Options = mp.ProtoOptions("PacketClonerCalculatorOptions")
    process_timestamp_bounds = True

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Each untagged input, except for the tick, has an untagged output of the same index."""
        super().get_contract(contract)
        for i in range(_base_count(contract.inputs.tags)):
            contract.outputs.tag("", i).set_same_as(contract.inputs.tag("", i).set_any())
        if not contract.inputs.has("TICK"):
            contract.inputs.tag("", max(_base_count(contract.inputs.tags), 0)).set_any()

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options
        self._sends_bounds_early: bool = options.output_packets_only_when_all_inputs_received
        self._waits = options.output_only_when_all_inputs_received or self._sends_bounds_early
        count = _base_count(cc.input_tags)
        self._latest = [packets.empty() for _ in range(count)]
        tick = cc.input_tags.id("TICK") if cc.connected(self.tick) else count
        assert tick is not None
        self._tick = tick
        copy_headers(cc)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        for i in range(len(self._latest)):
            if not cc.packets[i].is_empty():
                self._latest[i] = cc.packets[i]
        tick = cc.packets[self._tick]
        is_ready = not self._waits or not any(packet.is_empty() for packet in self._latest)
        if is_ready and not tick.is_empty():
            for shard, packet in zip(cc.outputs, self._latest, strict=True):
                if not packet.is_empty():
                    shard.add_packet(restamp(packet, tick._t))
        if tick._t == cc.t and (is_ready or self._sends_bounds_early):
            for shard in cc.outputs:
                shard.set_next_timestamp_bound(ts.next_allowed(cc.t))


def _base_count(inputs: TagMap) -> int:
    return inputs.count("") - (not inputs.has("TICK"))
