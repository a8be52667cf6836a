"""PacketSequencerCalculator: give packets the time of the next tick."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts


@mp.register
class PacketSequencerCalculator(mp.Calculator):
    """Sends each packet of INPUT:i to OUTPUT:i at the first time that no tick has settled yet.

    The time of a packet of INPUT is ignored. A packet of any TICK input settles its time on all outputs at
    once, so that consumers do not wait for INPUT.

    A packet of INPUT at the time of a tick still applies to that tick: it is sent after the previous tick.
    """

    input = mp.Input("INPUT", repeated=True)
    tick = mp.Input("TICK", repeated=True)
    out = mp.Output("OUTPUT", repeated=True)
    input_stream_handler = "ImmediateInputStreamHandler"

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """There are as many OUTPUT as INPUT streams."""
        super().get_contract(contract)
        ret_check(
            contract.inputs.count("INPUT") == contract.outputs.count("OUTPUT"),
            "the number of INPUT streams must be the number of OUTPUT streams.",
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        outputs = cc.outputs
        for shard, packet in zip(outputs, cc.all(self.input), strict=True):
            if not packet.is_empty():
                shard.add_packet(restamp(packet, max(ts.MIN, shard.next_bound())))
        tick = cc.t if any(packet._t == cc.t for packet in cc.all(self.tick)) else ts.MIN
        for shard in outputs:
            if tick >= shard.next_bound():
                shard.set_next_timestamp_bound(ts.next_allowed(tick))
