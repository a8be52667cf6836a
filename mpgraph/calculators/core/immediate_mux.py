"""ImmediateMuxCalculator: merge streams without waiting for any."""

from __future__ import annotations

from dataclasses import dataclass

from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import timestamp as ts


@mp.register
class ImmediateMuxCalculator(mp.Calculator):
    """Forwards every packet that is later than all packets before it, and drops the others.

    All inputs and the first output have the same type. The second output, if connected, is true for each
    packet of an input, forwarded or not.

    Of packets at the same time the one of the first input is forwarded. Meant to run with the
    ImmediateInputStreamHandler; which packets are dropped then depends on which stream is faster. With
    `process_timestamp_bounds` the bounds of the inputs are forwarded too.
    """

    @dataclass
    class Options:
        """The fields of MediaPipe's ImmediateMuxCalculatorOptions."""

        process_timestamp_bounds: bool = False

    data = mp.Input("", repeated=True, optional=True)
    out = mp.Output("")
    finished = mp.Output("", bool, index=1, optional=True)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One or two outputs are connected; all inputs have the type of the first one."""
        super().get_contract(contract)
        ret_check(1 <= len(contract.outputs) <= 2, "This calculator produces only one or two output streams.")
        for spec in contract.inputs:
            spec.set_same_as(contract.outputs[0])
        contract.process_timestamp_bounds = contract.options.process_timestamp_bounds

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._passes_bounds: bool = cc.options.process_timestamp_bounds
        self._bound: int = ts.PRESTREAM
        if not self._passes_bounds:
            cc.set_offset(0)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        arrived = [packet for packet in cc.packets if not packet.is_empty()]
        for packet in arrived:
            if packet._t >= self._bound:
                cc.forward(self.out, packet)
                self._bound = ts.next_allowed(packet._t)
            finished = cc.output(self.finished)
            if finished is not None and not finished.closed:
                finished.emit(True, max(cc.t, finished.next_bound()))
        if arrived or not self._passes_bounds or cc.t < self._bound:
            return
        self._bound = ts.next_allowed(cc.t)
        for shard in cc.outputs:
            if self._bound == ts.ONE_OVER_POSTSTREAM:  # The inputs have ended.
                shard.close()
            else:
                shard.set_next_timestamp_bound(self._bound)
