"""DefaultSidePacketCalculator: a default for an optional side packet."""

from __future__ import annotations

from mpgraph.framework import calculator_framework as mp


@mp.register
class DefaultSidePacketCalculator(mp.Calculator):
    """Sets the side packet VALUE to OPTIONAL_VALUE if that is given, else to DEFAULT_VALUE."""

    default = mp.SideInput("DEFAULT_VALUE")
    given = mp.SideInput("OPTIONAL_VALUE", optional=True, same_as=default)
    value = mp.SideOutput("VALUE", same_as=default)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        cc.forward(self.value, cc.packet(self.given if cc.has(self.given) else self.default))
