"""TfLiteCustomOpResolverCalculator: declares that a model may use MediaPipe's own operators."""

from __future__ import annotations

from mpgraph.calculators.tensor.models import OP_RESOLVER, OpResolver
from mpgraph.framework import calculator_framework as mp

CUSTOM_OPS = ("Convolution2DTransposeBias", "MaxPoolArgmax", "MaxUnpooling2D")
"""The operators that MediaPipe adds to those of TfLite."""


@mp.register
class TfLiteCustomOpResolverCalculator(mp.Calculator):
    """Provides the inference calculators with an OpResolver for MediaPipe's operators.

    OP_RESOLVER, or an untagged output side packet: the OpResolver.

    Options: `use_gpu`. The inference calculators support the operators without it, too.
    """

    resolver = mp.SideOutput("OP_RESOLVER", OP_RESOLVER, optional=True)
    untagged = mp.SideOutput("", OP_RESOLVER, optional=True)
    Options = mp.ProtoOptions("TfLiteCustomOpResolverCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of OP_RESOLVER and an untagged output side packet."""
        super().get_contract(contract)
        contract.need(
            contract.side_outputs.has("OP_RESOLVER") != contract.side_outputs.has(""),
            "TfLiteCustomOpResolverCalculator has exactly one side packet, OP_RESOLVER or an untagged one.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        resolver = OpResolver(CUSTOM_OPS, cc.options.use_gpu)
        cc.emit(self.resolver, resolver)
        cc.emit(self.untagged, resolver)
