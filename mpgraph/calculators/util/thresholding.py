"""ThresholdingCalculator: compares numbers with a threshold."""

from __future__ import annotations

from mpgraph.framework import calculator_framework as mp


@mp.register
class ThresholdingCalculator(mp.Calculator):
    """Compares numbers with a threshold.

    FLOAT: the number.
    THRESHOLD: a float, as a stream, which keeps its last value, or as a side packet; or else the option
        `threshold` (default: 0).
    FLAG: bool, whether the number is larger than the threshold.
    ACCEPT: True, sent only if it is. REJECT: False, sent only if it is not.
    """

    value = mp.Input("FLOAT", float)
    threshold = mp.Input("THRESHOLD", float, optional=True)
    side_threshold = mp.SideInput("THRESHOLD", float, optional=True)
    flag = mp.Output("FLAG", bool, optional=True)
    accept = mp.Output("ACCEPT", bool, optional=True)
    reject = mp.Output("REJECT", bool, optional=True)
    Options = mp.ProtoOptions("ThresholdingCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
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

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        side = cc.get(self.side_threshold)
        self._threshold: float = cc.options.threshold if side is None else side

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.threshold):
            self._threshold = cc[self.threshold]
        accepted = cc[self.value] > self._threshold
        cc.emit(self.flag, accepted)
        cc.emit(self.accept if accepted else self.reject, accepted)
