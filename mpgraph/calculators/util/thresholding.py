"""ThresholdingCalculator: compares numbers with a threshold."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register


@register
class ThresholdingCalculator(Calculator):
    """Compares numbers with a threshold.

    FLOAT: the number.
    THRESHOLD: a float, as a stream, which keeps its last value, or as a side packet; or else the option
        `threshold` (default: 0).
    FLAG: bool, whether the number is larger than the threshold.
    ACCEPT: True, sent only if it is. REJECT: False, sent only if it is not.
    """

    value = Input("FLOAT", float)
    threshold = Input("THRESHOLD", float, optional=True)
    side_threshold = SideInput("THRESHOLD", float, optional=True)
    flag = Output("FLAG", bool, optional=True)
    accept = Output("ACCEPT", bool, optional=True)
    reject = Output("REJECT", bool, optional=True)
    Options = ProtoOptions("ThresholdingCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """At most one source of the threshold: the option, the stream or the side packet."""
        super().get_contract(contract)
        given = (
            contract.options.HasField("threshold"),
            contract.inputs.has("THRESHOLD"),
            contract.side_inputs.has("THRESHOLD"),
        )
        contract.need(
            sum(given) <= 1,
            "Give the threshold once: as the option, as the input stream or as the side packet THRESHOLD; "
            "using several is not supported.",
        )

    @override
    def open(self, cc: CalculatorContext) -> None:
        side = cc.get(self.side_threshold)
        self._threshold: float = cc.options.threshold if side is None else side

    @override
    def process(self, cc: CalculatorContext) -> None:
        if cc.has(self.threshold):
            self._threshold = cc[self.threshold]
        accepted = cc[self.value] > self._threshold
        cc.emit(self.flag, accepted)
        cc.emit(self.accept if accepted else self.reject, accepted)
