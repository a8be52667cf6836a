"""MuxCalculator: select one of several streams at each time."""

from __future__ import annotations

from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp


@mp.register
class MuxCalculator(mp.Calculator):
    """Forwards the packet of INPUT:n to OUTPUT, where n is the value of SELECT (int) at the same time.

    SELECT may be a side packet; the graph must then name another input stream handler than the default of
    this calculator, MuxInputStreamHandler, which waits for the selected input only.

    Where the selected input has no packet, nothing is sent. An n without an INPUT:n is an error.
    """

    select = mp.Input("SELECT", int, optional=True)
    side_select = mp.SideInput("SELECT", int, optional=True)
    data = mp.Input("INPUT", repeated=True)
    out = mp.Output("OUTPUT", same_as=data)
    timestamp_offset = 0
    input_stream_handler = "MuxInputStreamHandler"

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """SELECT is connected, as an input or as a side packet but not both."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("SELECT") != contract.side_inputs.has("SELECT"),
            "MuxCalculator needs SELECT either as an input stream or as an input side packet.",
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        select = cc.get(self.select) if cc.connected(self.select) else cc[self.side_select]
        if select is None:
            return
        data = cc.all(self.data)
        ret_check(0 <= select < len(data), f"SELECT is {select}, but there are {len(data)} INPUT streams.")
        if not data[select].is_empty():
            cc.forward(self.out, data[select])
