"""TfLiteCustomOpResolverCalculator: says that a model may use MediaPipe's own operators."""

from __future__ import annotations

from mpgraph.calculators.tensor.models import OP_RESOLVER, OpResolver
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import SideOutput
from mpgraph.framework.registry import register

CUSTOM_OPS = ("Convolution2DTransposeBias", "MaxPoolArgmax", "MaxUnpooling2D")
"""The operators MediaPipe adds to TfLite's."""


@register
class TfLiteCustomOpResolverCalculator(Calculator):
    """Gives an OpResolver for MediaPipe's operators to the inference calculators.

    OP_RESOLVER, or an untagged side packet: the resolver. Options: `use_gpu`.
    """

    resolver = SideOutput("OP_RESOLVER", OP_RESOLVER, optional=True)
    untagged = SideOutput("", OP_RESOLVER, optional=True)
    Options = ProtoOptions("TfLiteCustomOpResolverCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that there is one output."""
        super().get_contract(contract)
        contract.need(
            contract.side_outputs.has("OP_RESOLVER") != contract.side_outputs.has(""),
            "TfLiteCustomOpResolverCalculator gives exactly one side packet, OP_RESOLVER or an untagged one.",
        )

    def open(self, cc: CalculatorContext) -> None:
        """Give the resolver."""
        resolver = OpResolver(CUSTOM_OPS, cc.options.use_gpu)
        cc.emit(self.resolver, resolver)
        cc.emit(self.untagged, resolver)
