"""DefaultSidePacketCalculator: a default for an optional side packet."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.ports import SideInput, SideOutput
from mpgraph.framework.registry import register


@register
class DefaultSidePacketCalculator(Calculator):
    """Sets the side packet VALUE to OPTIONAL_VALUE if that is given, else to DEFAULT_VALUE."""

    default = SideInput("DEFAULT_VALUE")
    given = SideInput("OPTIONAL_VALUE", optional=True, same_as=default)
    value = SideOutput("VALUE", same_as=default)

    @override
    def open(self, cc: CalculatorContext) -> None:
        cc.forward(self.value, cc.packet(self.given if cc.has(self.given) else self.default))
