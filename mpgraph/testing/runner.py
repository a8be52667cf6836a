"""CalculatorRunner: a calculator or a graph under test, in a conversation of sends and expectations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.clock import Clock
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Port
from mpgraph.framework.timestamp import Timestamp, as_int
from mpgraph.testing.blame import at_the_caller
from mpgraph.testing.conversation import Conversation, timed
from mpgraph.testing.matching import mismatch
from mpgraph.testing.mock_clock import MockClock
from mpgraph.testing.showing import show
from mpgraph.testing.stamps import Timed
from mpgraph.testing.transcript import calling_place, comparison


@at_the_caller
def run(
    target: Any,
    options: Any = None,
    *,
    side: Mapping[str, Any] | None = None,
    headers: Mapping[str, Any] | None = None,
    inputs: Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
    services: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
    tolerance: float = 1e-6,
    unread: bool = True,
) -> CalculatorRunner:
    """Put a calculator or a graph under test.

        run(Double).send("IN", 1 @ t(0), 2 @ t(10)).expect("OUT", 2 @ t(0), 4 @ t(10)).settles("OUT", 10)

    In a `with` block, or with the pytest plug-in that comes along, packets that no `expect` took are an
    error at the end. Without either, end the chain with `.finish()`.

    Args:
        target: a Calculator class, a function decorated with `@mp.calculator`, a subgraph, the registered
            name of one of these; or a graph: a path, text, message, builder or ValidatedGraphConfig.
        options: the node's options: an object of its `Options`, a dict, text as in a .pbtxt, or a message.
        side: input side packets by tag (of a graph: or by name).
        headers: headers of input streams.
        inputs: which input streams of a calculator to connect. Without them it is all it declares,
            optional ones only if something is sent into them before the first expectation; a calculator
            that declares none has those that something is sent into.
        outputs: which output streams. Without them it is all it declares, though what comes out of optional
            ones need not be expected; a calculator that declares none has the same as inputs, and the
            first that something is expected of. Of a graph they are the
            streams to watch, any of it, rather than its output streams.
        services: graph services by key.
        clock: what `cc.clock` is, such as a MockClock.
        tolerance: how far numbers may differ, from 1 on also integers; floats relatively too.
        unread: whether packets that nobody expected are an error at the end.

    Raises:
        MpgraphError: the graph, the options or the side packets are wrong.
    """
    __tracebackhide__ = True
    return CalculatorRunner(
        target,
        options,
        side=side or {},
        headers=headers or {},
        inputs=inputs,
        outputs=outputs,
        services=services or {},
        clock=clock,
        tolerance=tolerance,
        unread=unread,
    )


class CalculatorRunner(Conversation):
    """Made by `run`, whose text says how it is used. Every step returns the runner itself.

    The graph really runs; after each step the runner waits until all of it is idle, so results do not
    depend on timing. A step that fails raises an AssertionError that shows the conversation so far.

    Ports are named by their declaration (`MyCalculator.image`), by "TAG", "TAG:1", ":1" or "", or, in a
    graph, by the stream's name.
    """

    # Steps in

    @at_the_caller
    def send(self, port: str | Port[Any], *packets: Timed | Packet) -> CalculatorRunner:
        """Send packets into an input, one by one: `send("IN", 1 @ t(0), 2 @ t(10))`.

        packets: values with a time, or packets that have one (`packet_creator` makes them of any type).

        Raises:
            InvalidArgumentError: a value has no time, or is of a class the input does not take.
        """
        __tracebackhide__ = True
        values = [timed(port, one) for one in packets]
        if self._stage is None:
            self._later.append((port, values, calling_place()))
        else:
            self._send(self._checked(), port, values, calling_place())
        return self

    @at_the_caller
    def bound(self, port: str | Port[Any], time: int | Timestamp) -> CalculatorRunner:
        """Announce that nothing before `time` will be sent into an input."""
        __tracebackhide__ = True
        stage = self._checked()
        stream = stage.input(port)
        label = stage.input_label(stream)
        self._transcript.sent(label, f"bound {ts.name(as_int(time))}", calling_place())
        stage.bound(stream, as_int(time))
        return self

    @at_the_caller
    def advance(self, seconds: float = 0.0, *, us: int = 0) -> CalculatorRunner:
        """Move the MockClock given to `run`, from one waking of a sleeper to the next, each time to the end.

        Raises:
            InvalidArgumentError: there is no such clock.
        """
        __tracebackhide__ = True
        clock = self._clock
        if not isinstance(clock, MockClock):
            raise InvalidArgumentError("advance() moves a MockClock; give one to run(..., clock=...).")
        stage = self._checked()
        self._transcript.sent("clock", f"+{seconds} s" if seconds else f"+{us} us", calling_place())
        until = clock.now_us() + round(seconds * 1e6) + us
        while (left := until - clock.now_us()) > 0:
            waking = clock.next_waking()
            clock.advance(us=left if waking is None else min(left, waking - clock.now_us()))
            stage.settle()
        return self

    @at_the_caller
    def close(self, *ports: str | Port[Any]) -> CalculatorRunner:
        """End these inputs, or all of them, which ends the run."""
        __tracebackhide__ = True
        stage = self._checked()
        for port in ports:
            stream = stage.input(port)
            self._transcript.sent(stage.input_label(stream), "closed", calling_place())
            stage.close(stream)
        if not ports:
            self._transcript.sent("all", "closed", calling_place())
            stage.finish()
        return self

    # Steps out

    @at_the_caller
    def expect(
        self, port: str | Port[Any], *expected: Any, tolerance: float | None = None
    ) -> CalculatorRunner:
        """Take the next packets of an output and compare them: `expect("OUT", 2 @ t(0), ANY @ t(10))`.

        expected: values with a time, or without one if it may be any. A value may be a number, text, an
            array (of an Image or Tensor too), a picture, a message, a list of such; a class, `ANY`, or a
            predicate such as `lambda mask: mask.width == 4`; or a packet, whose payload type counts too.
        tolerance: how far numbers may differ, from 1 on also integers; floats relatively too.

        Raises:
            AssertionError: something else came, or nothing.
        """
        __tracebackhide__ = True
        if not expected:
            raise InvalidArgumentError("expect() needs a value; expect_nothing() is the other way.")
        stage = self._checked(port)
        stream = stage.output(port)
        unread = stage.unread[stream]
        got = [unread.popleft() for _ in range(min(len(expected), len(unread)))]
        wanted = [Timed(one, one._t) if _has_time(one) else one for one in expected]
        fine, table = comparison(wanted, got, self._tolerance if tolerance is None else tolerance)
        if not fine:
            label = stage.output_label(stream)
            self._fail([f"{label} of {self.name} is not as expected:", *table, self._standing(stage, stream)])
        return self

    @at_the_caller
    def expect_nothing(self, *ports: str | Port[Any]) -> CalculatorRunner:
        """Check that nothing unread has come out of these outputs, or of any.

        Raises:
            AssertionError: something has.
        """
        __tracebackhide__ = True
        stage = self._checked(*ports[:1])
        self._check_unread(stage, [stage.output(port) for port in ports] or stage.watched())
        return self

    @at_the_caller
    def settles(self, port: str | Port[Any], time: int | Timestamp) -> CalculatorRunner:
        """Check that an output is settled up to `time`: its bound is past it, nothing more comes until then.

        Raises:
            AssertionError: it is not, so that whoever reads the output has to wait.
        """
        __tracebackhide__ = True
        stage = self._checked(port)
        stream = stage.output(port)
        if stage.bound_of(stream) <= as_int(time):
            label = stage.output_label(stream)
            self._fail(
                [
                    f"{label} of {self.name} is not settled at {ts.name(as_int(time))}:",
                    self._standing(stage, stream),
                    "  (timestamp_offset = 0 in the class promises that each input settles the outputs.)",
                ]
            )
        return self

    @at_the_caller
    def expect_closed(self, *ports: str | Port[Any]) -> CalculatorRunner:
        """Check that these outputs, or all, have ended.

        Raises:
            AssertionError: one may still send.
        """
        __tracebackhide__ = True
        stage = self._checked(*ports[:1])
        for stream in [stage.output(port) for port in ports] or stage.watched():
            if stage.bound_of(stream) != ts.DONE:
                label = stage.output_label(stream)
                self._fail([f"{label} of {self.name} is not closed:", self._standing(stage, stream)])
        return self

    @at_the_caller
    def expect_header(self, port: str | Port[Any], expected: Any) -> CalculatorRunner:
        """Check the header of an output; ANY for any, None for none.

        Raises:
            AssertionError: it is another one.
        """
        __tracebackhide__ = True
        stage = self._checked(port)
        stream = stage.output(port)
        header = stage.run.streams[stream].header
        value = header.payload if header is not None else None
        self._compare(f"The header of {stage.output_label(stream)}", expected, value)
        return self

    @at_the_caller
    def expect_side(self, port: str | Port[Any], expected: Any) -> CalculatorRunner:
        """Check an output side packet.

        Raises:
            AssertionError: it has another value or is not set.
        """
        __tracebackhide__ = True
        stage = self._checked()
        name = stage.side_output(port)
        packet = stage.run.side_packets.get(name)
        if packet is None:
            self._fail([f'The output side packet "{port}" of {self.name} is not set.'])
        self._compare(f'The output side packet "{port}"', expected, packet.payload)
        return self

    @at_the_caller
    def expect_error(self, text: str = "", error: type[BaseException] = BaseException) -> CalculatorRunner:
        """Check that the run has failed with an error of class `error` that contains `text`; it is over then.

        Raises:
            AssertionError: it has not, or with another error.
        """
        __tracebackhide__ = True
        stage = self._started(None)
        errors = stage.errors
        if not errors:
            self._fail([f"{self.name} has not failed, though an error was expected: {text!r}"])
        self._errors_seen = len(errors)
        if not any(text in str(raised) and isinstance(raised, error) for raised in errors):
            wanted = repr(text) if error is BaseException else f"{error.__name__}: {text!r}"
            self._fail(
                [
                    f"{self.name} failed, but not with {wanted}:",
                    *(f"  {type(raised).__name__}: {raised}" for raised in errors),
                ],
                errors[0],
            )
        for raised in errors:
            self._transcript.failed(raised)
        self.abandon()
        return self

    @at_the_caller
    def take(self, port: str | Port[Any]) -> list[Packet]:
        """The packets of an output that were not expected yet, for a test's own checks."""
        __tracebackhide__ = True
        stage = self._checked(port)
        unread = stage.unread[stage.output(port)]
        return [unread.popleft() for _ in range(len(unread))]

    def _compare(self, what: str, expected: Any, value: Any) -> None:
        __tracebackhide__ = True
        if expected is None:
            why = None if value is None else "none was expected"
        else:
            why = mismatch(expected, value, self._tolerance)
        if why is not None:
            self._fail(
                [
                    f"{what} of {self.name} is not as expected: {why}",
                    f"  expected  {show(expected)}",
                    f"  got       {show(value)}",
                ]
            )


def _has_time(expected: Any) -> bool:
    return isinstance(expected, Packet) and ts.is_allowed_in_stream(expected._t)
