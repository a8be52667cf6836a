"""MuxCalculator: one of several streams at a time."""

from __future__ import annotations

from mpgraph.errors import ret_check
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register


@register
class MuxCalculator(Calculator):
    """Passes on the packet of INPUT:n, where n is the value of SELECT (int) at the same time.

    SELECT may be a side packet; the graph must then name another input stream handler than
    MuxInputStreamHandler, the calculator's own.
    """

    select = Input("SELECT", int, optional=True)
    side_select = SideInput("SELECT", int, optional=True)
    data = Input("INPUT", repeated=True)
    out = Output("OUTPUT", same_as=data)
    timestamp_offset = 0
    input_stream_handler = "MuxInputStreamHandler"

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that there is one SELECT."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("SELECT") != contract.side_inputs.has("SELECT"),
            "MuxCalculator needs SELECT either as an input stream or as an input side packet.",
        )

    def process(self, cc: CalculatorContext) -> None:
        """Pass on the selected packet."""
        select = cc.get(self.select) if cc.connected(self.select) else cc[self.side_select]
        if select is None:
            return
        data = cc.all(self.data)
        ret_check(0 <= select < len(data), f"SELECT is {select}, but there are {len(data)} INPUT streams.")
        if not data[select].is_empty():
            cc.forward(self.out, data[select])
