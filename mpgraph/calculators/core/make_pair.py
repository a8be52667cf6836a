"""MakePairCalculator: pair the packets of two streams."""

from __future__ import annotations

from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type

PACKET_PAIR = packet_type.pair(packets.PACKET, packets.PACKET)


@mp.register
class MakePairCalculator(mp.Calculator):
    """Sends a tuple of the packets that its two inputs have at the same time.

    Where only one input has a packet, the other packet of the tuple is empty.
    """

    data = mp.Input("", repeated=True)
    out = mp.Output("", PACKET_PAIR)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Two inputs are connected."""
        super().get_contract(contract)
        ret_check(len(contract.inputs) == 2, f"a pair takes 2 input streams, not {len(contract.inputs)}.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, (cc.packets[0], cc.packets[1]))
