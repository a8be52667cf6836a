"""DefaultSidePacketCalculator: a value for a side packet that may not be given."""

from __future__ import annotations

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import SideInput, SideOutput
from mpgraph.framework.registry import register


@register
class DefaultSidePacketCalculator(Calculator):
    """Sets VALUE to OPTIONAL_VALUE if that is given, else to DEFAULT_VALUE."""

    default = SideInput("DEFAULT_VALUE")
    given = SideInput("OPTIONAL_VALUE", optional=True, same_as=default)
    value = SideOutput("VALUE", same_as=default)

    def open(self, cc: CalculatorContext) -> None:
        """Choose."""
        cc.forward(self.value, cc.packet(self.given if cc.has(self.given) else self.default))
