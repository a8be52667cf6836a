"""CallbackWithHeaderCalculator: call a function with every packet and the stream's header."""

from __future__ import annotations

from mpgraph.calculators.core.callback import callable_in
from mpgraph.errors import UnknownError
from mpgraph.framework import calculator_framework as mp


@mp.register
class CallbackWithHeaderCalculator(mp.Calculator):
    """Calls a function given as a side packet with each packet of INPUT and the header of the stream.

    The side packet CALLBACK is called with two packets: the one of INPUT and the header. The header is that
    of the stream INPUT, else the first packet of HEADER. Return values are ignored.

    A packet of INPUT before the header is known is an error.
    """

    data = mp.Input("INPUT")
    header = mp.Input("HEADER")
    callback = mp.SideInput("CALLBACK")

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._call = callable_in(cc, self.callback)
        self._header = cc.header(self.data)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        packet = cc.packet(self.data)
        if not packet.is_empty() and self._header.is_empty():
            raise UnknownError(
                "Header not available! INPUT has a packet, but no header, and HEADER had no packet before."
            )
        if self._header.is_empty():
            self._header = cc.packet(self.header)
        if not packet.is_empty():
            self._call(packet, self._header)
