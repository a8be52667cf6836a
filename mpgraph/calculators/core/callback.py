"""CallbackCalculator: call a function with every packet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpgraph.errors import InvalidArgumentError, a_type
from mpgraph.framework import calculator_framework as mp


@mp.register
class CallbackCalculator(mp.Calculator):
    """Calls a function given as a side packet with the packets of its inputs.

    The side packet CALLBACK is called with the packet of the only input, VECTOR_CALLBACK with the list of
    the packets of all inputs, empty ones where an input has none. Return values are ignored.

    With the side packet OBSERVE_TIMESTAMP_BOUNDS (always true) the function is also called at settled times
    without packets. An exception of the function ends the run.
    """

    callback = mp.SideInput("CALLBACK", optional=True)
    vector_callback = mp.SideInput("VECTOR_CALLBACK", optional=True)
    observes_bounds = mp.SideInput("OBSERVE_TIMESTAMP_BOUNDS", bool, optional=True)
    data = mp.Input("", repeated=True)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """CALLBACK or VECTOR_CALLBACK is connected, with CALLBACK only one input."""
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

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._takes_one = cc.connected(self.callback)
        self._call = callable_in(cc, self.callback if self._takes_one else self.vector_callback)
        if not cc.get(self.observes_bounds, True):
            raise InvalidArgumentError(
                "The value of the OBSERVE_TIMESTAMP_BOUNDS input side packet must be set to true."
            )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        self._call(cc.packets[0] if self._takes_one else list(cc.packets))


def callable_in(cc: mp.CalculatorContext, port: mp.SideInput[Any]) -> Callable[..., object]:
    """Return the function in a side packet.

    Raises:
        InvalidArgumentError: the side packet cannot be called.
    """
    found = cc.get(port)
    if not callable(found):
        raise InvalidArgumentError(
            f"missing callback: the side packet {port.tag} holds {a_type(found)}, not a function."
        )
    function: Callable[..., object] = found
    return function
