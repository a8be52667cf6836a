"""MakePairCalculator: two streams become one of pairs."""

from __future__ import annotations

from mpgraph.errors import ret_check
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register

PACKET_PAIR = packet_type.pair(packets.PACKET, packets.PACKET)


@register
class MakePairCalculator(Calculator):
    """Sends a tuple of its two inputs' packets, of which one may be empty."""

    data = Input("", repeated=True)
    out = Output("", PACKET_PAIR)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that there are two inputs."""
        super().get_contract(contract)
        ret_check(len(contract.inputs) == 2, f"a pair takes 2 input streams, not {len(contract.inputs)}.")

    def process(self, cc: CalculatorContext) -> None:
        """Pair what is there."""
        cc.emit(self.out, (cc.packets[0], cc.packets[1]))
