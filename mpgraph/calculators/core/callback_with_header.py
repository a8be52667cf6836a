"""CallbackWithHeaderCalculator: calls a function with every packet and the stream's header."""

from __future__ import annotations

from mpgraph.calculators.core.callback import callable_in
from mpgraph.errors import UnknownError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, SideInput
from mpgraph.framework.registry import register


@register
class CallbackWithHeaderCalculator(Calculator):
    """Calls the function in the side packet CALLBACK as function(packet of INPUT, header packet).

    The header is the one of INPUT, else the first packet of HEADER, which must be there in time.
    """

    data = Input("INPUT")
    header = Input("HEADER")
    callback = SideInput("CALLBACK")

    def open(self, cc: CalculatorContext) -> None:
        """Take the function, and the header if the stream has one."""
        self._call = callable_in(cc, self.callback)
        self._header = cc.header(self.data)

    def process(self, cc: CalculatorContext) -> None:
        """Call the function; what it returns is not used."""
        packet = cc.packet(self.data)
        if not packet.is_empty() and self._header.is_empty():
            raise UnknownError(
                "Header not available! INPUT has a packet, but no header, and HEADER had no packet before."
            )
        if self._header.is_empty():
            self._header = cc.packet(self.header)
        if not packet.is_empty():
            self._call(packet, self._header)
