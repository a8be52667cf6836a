"""SidePacketToStreamCalculator: send side packets into streams."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.core.forwarding import restamp
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet_type import INT64

_FIXED_TIMES = {"AT_PRESTREAM": ts.PRESTREAM, "AT_POSTSTREAM": ts.POSTSTREAM, "AT_ZERO": 0}
_AT_TICK = ("AT_TICK", "AT_FIRST_TICK")
_AT_TIMESTAMP = "AT_TIMESTAMP"


@mp.register
class SidePacketToStreamCalculator(mp.Calculator):
    """Sends the i-th untagged side packet to the i-th output, at the time that the tag of the outputs names.

    AT_PRESTREAM, AT_POSTSTREAM: at these special times. AT_ZERO: at 0. AT_TICK: at every packet of TICK.
    AT_FIRST_TICK: at the first packet of TICK. AT_TIMESTAMP: at the side packet TIMESTAMP (int64,
    microseconds).
    """

    tick = mp.Input("TICK", optional=True)
    time = mp.SideInput("TIMESTAMP", INT64, optional=True)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """All outputs have one tag, which fits the inputs; there are as many outputs as side packets."""
        super().get_contract(contract)
        outputs, side_inputs = contract.outputs, contract.side_inputs
        known = (*_FIXED_TIMES, *_AT_TICK, _AT_TIMESTAMP)
        ret_check(
            len(outputs.tags.tags) == 1 and outputs.tags.tags[0] in known,
            "Only one of AT_PRESTREAM, AT_POSTSTREAM, AT_ZERO, AT_TICK, AT_FIRST_TICK and AT_TIMESTAMP tags "
            "is allowed and required to specify output stream(s).",
        )
        tag = outputs.tags.tags[0]
        ret_check(
            (tag in _AT_TICK) == contract.inputs.has("TICK"),
            "Either both TICK input and tick (AT_TICK/AT_FIRST_TICK) output should be used or none of them.",
        )
        ret_check(
            (tag == _AT_TIMESTAMP) == side_inputs.has("TIMESTAMP"),
            "Either both TIMESTAMP and AT_TIMESTAMP should be used or none of them.",
        )
        ret_check(
            len(side_inputs) - side_inputs.count("TIMESTAMP") == len(outputs),
            "Same number of input side packets and output streams is required"
            + (", besides TIMESTAMP." if tag == _AT_TIMESTAMP else "."),
        )
        for i, spec in enumerate(outputs):
            spec.set_same_as(side_inputs.tag("", i).set_any())

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._tag = cc.output_tags.tags[0]
        if cc.connected(self.tick):
            cc.set_offset(0)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> Any:
        if not cc.connected(self.tick):
            return mp.STOP  # close() sends.
        if not cc.outputs[0].closed and cc.has(self.tick):
            self._send(cc, cc.t)
            if self._tag == "AT_FIRST_TICK":
                for shard in cc.outputs:
                    shard.close()
        return None

    @mp.override
    def close(self, cc: mp.CalculatorContext) -> None:
        if self._tag in _FIXED_TIMES:
            self._send(cc, _FIXED_TIMES[self._tag])
        elif self._tag == _AT_TIMESTAMP:
            self._send(cc, cc[self.time])

    def _send(self, cc: mp.CalculatorContext, t: int) -> None:
        # Untagged ports come first in collection order.
        for shard, packet in zip(cc.outputs, cc.side_packets, strict=False):
            shard.add_packet(restamp(packet, t))
