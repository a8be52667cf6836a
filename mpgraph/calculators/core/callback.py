"""CallbackCalculator: calls a function with every packet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpgraph.errors import InvalidArgumentError, a_type
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.ports import Input, SideInput
from mpgraph.framework.registry import register


@register
class CallbackCalculator(Calculator):
    """Calls the function in a side packet: CALLBACK(packet), or VECTOR_CALLBACK(list of packets).

    CALLBACK takes one input, VECTOR_CALLBACK any number. With the side packet
    OBSERVE_TIMESTAMP_BOUNDS (true) they are also called for settled times, with empty packets. What
    the function raises ends the run.
    """

    callback = SideInput("CALLBACK", optional=True)
    vector_callback = SideInput("VECTOR_CALLBACK", optional=True)
    observes_bounds = SideInput("OBSERVE_TIMESTAMP_BOUNDS", bool, optional=True)
    data = Input("", repeated=True)

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check that there is a function."""
        super().get_contract(contract)
        side_inputs = contract.side_inputs
        contract.need(
            side_inputs.has("CALLBACK") or side_inputs.has("VECTOR_CALLBACK"),
            "InputSidePackets must use tags: CALLBACK or VECTOR_CALLBACK.",
        )
        contract.need(
            side_inputs.has("VECTOR_CALLBACK") or len(contract.inputs) <= 1,
            "CALLBACK takes one input stream; use VECTOR_CALLBACK for several.",
        )
        contract.process_timestamp_bounds = side_inputs.has("OBSERVE_TIMESTAMP_BOUNDS")

    def open(self, cc: CalculatorContext) -> None:
        """Take the function."""
        self._takes_one = cc.connected(self.callback)
        self._call = callable_in(cc, self.callback if self._takes_one else self.vector_callback)
        if not cc.get(self.observes_bounds, True):
            raise InvalidArgumentError(
                "The value of the OBSERVE_TIMESTAMP_BOUNDS input side packet must be set to true."
            )

    def process(self, cc: CalculatorContext) -> None:
        """Call the function; what it returns is not used."""
        self._call(cc.packets[0] if self._takes_one else list(cc.packets))


def callable_in(cc: CalculatorContext, port: SideInput[Any]) -> Callable[..., object]:
    """The function in a side packet.

    Raises:
        InvalidArgumentError: what is there cannot be called.
    """
    found = cc.get(port)
    if not callable(found):
        raise InvalidArgumentError(
            f"missing callback: the side packet {port.tag} holds {a_type(found)}, not a function."
        )
    made: Callable[..., object] = found
    return made
