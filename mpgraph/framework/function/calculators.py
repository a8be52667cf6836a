"""The classes behind functions that are calculators: how a function is called, and its results sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NoReturn, cast

from mpgraph.errors import InvalidArgumentError, a_type
from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.function.signature import FunctionSignature, Result
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import as_int


class FunctionCalculator(Calculator):
    """What the calculators of functions share: the arguments that stay the same for a whole run."""

    function: ClassVar[Callable[..., Any]]
    signature: ClassVar[FunctionSignature]

    def open(self, cc: CalculatorContext) -> Any:
        """Gather the arguments that stay: options and side packets."""
        signature = self.signature
        self._arguments: list[Any] = [None] * signature.slots
        self._keywords = {name: getattr(cc.options, name) for name in signature.options}
        for side in signature.sides:
            self._give(side.key, cc.get(side.port, side.default))
        self._context = signature.context

    def _give(self, key: int | str, value: Any) -> None:
        if isinstance(key, int):
            self._arguments[key] = value
        else:
            self._keywords[key] = value

    def _call(self, cc: CalculatorContext, arguments: list[Any]) -> Any:
        """Call the function with the positional arguments and what else it wants."""
        context = self._context
        if context is None:
            return self.function(*arguments, **self._keywords)
        if isinstance(context, str):
            return self.function(*arguments, **self._keywords, **{context: cc})
        arguments[context] = cc
        return self.function(*arguments, **self._keywords)

    def _send(self, cc: CalculatorContext, result: Any, t: int) -> None:
        """Emit one result, whose fields go to an output each if it is a NamedTuple."""
        if result is None:
            return
        named, results = self.signature.named, self.signature.results
        if named is None and results:
            self._emit(cc, results[0], result, t)
        elif named is not None and isinstance(result, named):
            for port, value in zip(results, cast("tuple[Any, ...]", result), strict=True):
                self._emit(cc, port, value, t)
        else:
            self._refuse(result, f"the {named.__name__} it declares" if named else "None, as it declares")

    def _emit(self, cc: CalculatorContext, result: Result, value: Any, t: int) -> None:
        if value is None:
            return
        if not result.whole_packet:
            cc.emit(result.port, value, t)
        elif isinstance(value, Packet):
            cc.forward(result.port, value)
        else:
            self._refuse(value, "the Packet it declares")

    def _send_one(self, cc: CalculatorContext, one: Any, t: int) -> None:
        """Emit one result of an iterator, at its own time if it brings one."""
        if self.signature.timed:
            if not (isinstance(one, tuple) and len(one) == 2):
                self._refuse(one, "a pair of timestamp and value, as it declares")
            t, one = as_int(one[0]), one[1]
        self._send(cc, one, t)

    def _refuse(self, value: Any, wanted: str) -> NoReturn:
        name, gives = self.function.__name__, "yielded" if self.signature.iterates else "returned"
        raise InvalidArgumentError(
            f'Function "{name}" {gives} {a_type(value)}, not {wanted}.', rule="wrong-payload"
        )


class MappingCalculator(FunctionCalculator):
    """A function of the packets of one time."""

    def open(self, cc: CalculatorContext) -> None:
        """Find out where each stream's packets will be."""
        super().open(cc)
        self._streams = [
            (stream.slot, position, stream.needed, stream.whole_packet)
            for stream in self.signature.streams
            if (position := cc.input_tags.id(stream.port.tag, stream.port.index)) is not None
        ]
        results, plain = self.signature.results, self.signature.named is None and not self.signature.iterates
        self._returns = plain and len(results) == 1 and not results[0].whole_packet

    def process(self, cc: CalculatorContext) -> Any:
        """Call the function, unless a packet is missing that it cannot do without."""
        arguments = self._arguments.copy()
        packets = cc.packets
        for slot, position, needed, whole in self._streams:
            packet = packets[position]
            if packet._type is not None:
                arguments[slot] = packet if whole else packet._payload
            elif needed:
                return None
        result = self._call(cc, arguments)
        if self._returns or result is STOP:
            return result
        if not self.signature.iterates:
            self._send(cc, result, cc.t)
            return None
        for one in () if result is None else result:
            self._send_one(cc, one, cc.t)
        return None


class SourceCalculator(FunctionCalculator):
    """A generator whose values are the packets of a source."""

    _iterator: Iterator[Any] | None = None

    def open(self, cc: CalculatorContext) -> None:
        """Make the iterator; a generator runs only when it is asked for a value."""
        super().open(cc)
        self._iterator = iter(self._call(cc, self._arguments))
        self._next = 0

    def process(self, cc: CalculatorContext) -> Any:
        """Send the next value."""
        assert self._iterator is not None
        for one in self._iterator:
            self._next += 1
            self._send_one(cc, one, self._next - 1)
            return None
        return STOP

    def close(self, cc: CalculatorContext) -> None:
        """Let the generator run its `finally` when the graph stops before its end."""
        stop = getattr(self._iterator, "close", None)
        if stop is not None:
            stop()


class SidePacketCalculator(FunctionCalculator):
    """A function that is called once, for side packets."""

    def open(self, cc: CalculatorContext) -> None:
        """Call the function."""
        super().open(cc)
        self._send(cc, self._call(cc, self._arguments), cc.t)


def base_of(signature: FunctionSignature) -> type[FunctionCalculator]:
    """The class that calls a function of this signature."""
    if signature.makes_side_packets:
        return SidePacketCalculator
    return MappingCalculator if signature.streams else SourceCalculator
