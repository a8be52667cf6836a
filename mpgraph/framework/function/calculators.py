"""The base classes of function calculators: calling the function, and sending its results."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ClassVar, NoReturn, cast

from mpgraph.errors import InvalidArgumentError, a_type
from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.function.signature import FunctionSignature, Result
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import as_int


class FunctionCalculator(Calculator):
    """Base of function calculators; prepares the arguments that are constant during a run."""

    function: ClassVar[Callable[..., Any]]
    signature: ClassVar[FunctionSignature]

    @override
    def open(self, cc: CalculatorContext) -> Any:
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
        """Call the function with the positional arguments, its keywords and, if declared, the context."""
        context = self._context
        if context is None:
            return self.function(*arguments, **self._keywords)
        if isinstance(context, str):
            return self.function(*arguments, **self._keywords, **{context: cc})
        arguments[context] = cc
        return self.function(*arguments, **self._keywords)

    def _send(self, cc: CalculatorContext, result: Any, t: int) -> None:
        """Emit a result; the fields of a NamedTuple go to an output each."""
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

    def _send_item(self, cc: CalculatorContext, item: Any, t: int) -> None:
        """Emit an item of an iterator, at its own time if it has one."""
        if self.signature.timed:
            if not (isinstance(item, tuple) and len(item) == 2):
                self._refuse(item, "a pair of timestamp and value, as it declares")
            t, item = as_int(item[0]), item[1]
        self._send(cc, item, t)

    def _refuse(self, value: Any, expected: str) -> NoReturn:
        name, verb = self.function.__name__, "yielded" if self.signature.iterates else "returned"
        raise InvalidArgumentError(
            f'Function "{name}" {verb} {a_type(value)}, not {expected}.', rule="wrong-payload"
        )


class MappingCalculator(FunctionCalculator):
    """Calls a function with the packets of each input timestamp."""

    @override
    def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        self._streams = [
            (stream.slot, position, stream.needed, stream.whole_packet)
            for stream in self.signature.streams
            if (position := cc.input_tags.id(stream.port.tag, stream.port.index)) is not None
        ]
        results, plain = self.signature.results, self.signature.named is None and not self.signature.iterates
        self._returns = plain and len(results) == 1 and not results[0].whole_packet

    @override
    def process(self, cc: CalculatorContext) -> Any:
        arguments = self._arguments.copy()
        packets = cc.packets
        for slot, position, needed, whole in self._streams:
            packet = packets[position]
            if packet._type is not None:
                arguments[slot] = packet if whole else packet.payload
            elif needed:
                return None
        result = self._call(cc, arguments)
        return result if self._returns or result is STOP else self._send_all(cc, result)

    def _send_all(self, cc: CalculatorContext, result: Any) -> None:
        if not self.signature.iterates:
            self._send(cc, result, cc.t)
            return
        for item in () if result is None else result:
            self._send_item(cc, item, cc.t)


class AwaitedMappingCalculator(MappingCalculator):
    """Awaits a coroutine with the packets of each input timestamp."""

    @override
    def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        self._returns_one, self._returns = self._returns, True

    @override
    async def process(self, cc: CalculatorContext) -> Any:
        coroutine = super().process(cc)
        if coroutine is None:  # A packet that the function needs is missing.
            return None
        result = await coroutine
        return result if self._returns_one or result is STOP else self._send_all(cc, result)


class SourceCalculator(FunctionCalculator):
    """Sends the values of a generator as the packets of a source."""

    _iterator: Iterator[Any] | None = None

    @override
    def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        self._iterator = iter(self._call(cc, self._arguments))
        self._next = 0

    @override
    def process(self, cc: CalculatorContext) -> Any:
        assert self._iterator is not None
        for item in self._iterator:
            self._next += 1
            self._send_item(cc, item, self._next - 1)
            return None
        return STOP

    @override
    def close(self, cc: CalculatorContext) -> None:
        # If the graph stops before the generator has ended, its `finally` blocks run here.
        stop = getattr(self._iterator, "close", None)
        if stop is not None:
            stop()


class AwaitedSourceCalculator(FunctionCalculator):
    """Sends the values of an asynchronous generator as the packets of a source."""

    _iterator: AsyncIterator[Any] | None = None

    @override
    async def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        self._iterator = aiter(self._call(cc, self._arguments))
        self._next = 0

    @override
    async def process(self, cc: CalculatorContext) -> Any:
        assert self._iterator is not None
        async for item in self._iterator:
            self._next += 1
            self._send_item(cc, item, self._next - 1)
            return None
        return STOP

    @override
    async def close(self, cc: CalculatorContext) -> None:
        stop = getattr(self._iterator, "aclose", None)
        if stop is not None:
            await stop()


class SidePacketCalculator(FunctionCalculator):
    """Calls a function once, for side packets."""

    @override
    def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        self._send(cc, self._call(cc, self._arguments), cc.t)


class AwaitedSidePacketCalculator(FunctionCalculator):
    """Awaits a coroutine once, for side packets."""

    @override
    async def open(self, cc: CalculatorContext) -> None:
        super().open(cc)
        self._send(cc, await self._call(cc, self._arguments), cc.t)


def base_of(signature: FunctionSignature) -> type[FunctionCalculator]:
    """The base class for a function with this signature."""
    if signature.sets_side_packets:
        return AwaitedSidePacketCalculator if signature.awaited else SidePacketCalculator
    if signature.streams:
        return AwaitedMappingCalculator if signature.awaited else MappingCalculator
    return AwaitedSourceCalculator if signature.awaited else SourceCalculator
