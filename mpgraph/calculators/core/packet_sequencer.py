"""PacketSequencerCalculator: give packets the time of the next tick."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import ret_check
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class PacketSequencerCalculator(Calculator):
    """Sends each packet of INPUT:i to OUTPUT:i at the first time that no tick has settled yet.

    The time of a packet of INPUT is ignored. A packet of any TICK input settles its time on all outputs at
    once, so that consumers do not wait for INPUT.

    A packet of INPUT at the time of a tick still applies to that tick: it is sent after the previous tick.
    """

    input = Input("INPUT", repeated=True)
    tick = Input("TICK", repeated=True)
    out = Output("OUTPUT", repeated=True)
    input_stream_handler = "ImmediateInputStreamHandler"

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """There are as many OUTPUT as INPUT streams."""
        super().get_contract(contract)
        ret_check(
            contract.inputs.count("INPUT") == contract.outputs.count("OUTPUT"),
            "the number of INPUT streams must be the number of OUTPUT streams.",
        )

    @override
    def process(self, cc: CalculatorContext) -> None:
        outputs = cc.outputs
        for shard, packet in zip(outputs, cc.all(self.input), strict=True):
            if not packet.is_empty():
                shard.add_packet(restamp(packet, max(ts.MIN, shard.next_bound())))
        tick = cc.t if any(packet._t == cc.t for packet in cc.all(self.tick)) else ts.MIN
        for shard in outputs:
            if tick >= shard.next_bound():
                shard.set_next_timestamp_bound(ts.next_allowed(tick))
