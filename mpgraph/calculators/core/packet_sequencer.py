"""PacketSequencerCalculator: gives packets without a useful time the time of a tick."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import ret_check
from mpgraph.framework import timestamp as ts
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register


@register
class PacketSequencerCalculator(Calculator):
    """Sends each INPUT packet at the next time no tick has settled yet.

    Every TICK settles its time on all outputs at once, so that consumers need not wait. A packet
    that comes together with a tick still covers that tick: it goes out after the tick before.
    """

    input = Input("INPUT", repeated=True)
    tick = Input("TICK", repeated=True)
    out = Output("OUTPUT", repeated=True)
    input_stream_handler = "ImmediateInputStreamHandler"

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Pair inputs and outputs."""
        super().get_contract(contract)
        ret_check(
            contract.inputs.count("INPUT") == contract.outputs.count("OUTPUT"),
            "the number of INPUT streams must be the number of OUTPUT streams.",
        )

    def process(self, cc: CalculatorContext) -> None:
        """Send what arrived at the outputs' bounds, then move the bounds past the tick."""
        outputs = cc.outputs
        for shard, packet in zip(outputs, cc.all(self.input), strict=True):
            if not packet.is_empty():
                shard.add_packet(restamp(packet, max(ts.MIN, shard.next_bound())))
        tick = cc.t if any(packet._t == cc.t for packet in cc.all(self.tick)) else ts.MIN
        for shard in outputs:
            if tick >= shard.next_bound():
                shard.set_next_timestamp_bound(ts.next_allowed(tick))
