"""run: a calculator or a graph under test, driven by a chain of sends and expectations."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.clock import Clock
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.tags import TagIndex
from mpgraph.framework.timestamp import Timestamp, as_int
from mpgraph.testing import under_test
from mpgraph.testing.caller import calling_line, raises_at_caller
from mpgraph.testing.matching import packet_mismatch, show
from mpgraph.testing.mock_clock import MockClock
from mpgraph.testing.stamps import Timed, has_time
from mpgraph.testing.stepped_graph import SteppedGraph, tag_index
from mpgraph.testing.transcript import Transcript, as_sent, comparison


@raises_at_caller
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

    In a `with` block, or with the pytest plug-in that ships with mpgraph, packets that no `expect` took
    are an error at the end. Without either, end the chain with `.finish()`.

    Args:
        target: a Calculator class, a function decorated with `@mp.calculator`, a subgraph, the registered
            name of one of these; or a graph: a path, text, message, builder or ValidatedGraphConfig.
        options: the node's options: an object of its `Options`, a dict, text as in a .pbtxt, or a message.
        side: input side packets by tag; of a graph also by name.
        headers: stream headers by input.
        inputs: the input streams of a calculator to connect. By default all that it declares, optional
            ones only if the test sends into them before the first expectation; if it declares none,
            those that the test sends into.
        outputs: the output streams to connect. By default all that it declares, where packets of optional
            outputs may stay unread; if it declares none, the output that the first expectation names, and
            if it declares no inputs either, the same as the inputs. Of optional outputs that exclude each
            other, as output side packets may, the first expectation names the one to connect. Of a graph,
            the streams to observe, output streams or not; by default its output streams.
        services: graph services by key.
        clock: the value of `cc.clock`, such as a MockClock.
        tolerance: how far numbers may differ, absolute; floats also relative. Integers only from 1 on.
        unread: whether packets that no expectation took are an error at the end.

    Raises:
        MpgraphError: the graph, the options or the side packets are wrong.
    """
    __tracebackhide__ = True
    setup = {"side": side or {}, "headers": headers or {}, "services": services or {}, "clock": clock}
    return CalculatorRunner(target, options, inputs, outputs, setup, tolerance, unread)


class CalculatorRunner(NotPicklable):
    """Created by `run`, which documents its use. Every step returns the runner itself.

    The graph really runs; after each step the runner waits until it is idle, so results do not depend
    on timing. A failed step raises an AssertionError that shows the conversation so far.

    A port is named by its declaration (`MyCalculator.image`), by "TAG", "TAG:1", ":1" or "", or, in a
    graph, by the stream's name.
    """

    pickle_instead = "Call `mp.testing.run` in each process."

    def __init__(
        self,
        target: Any,
        options: Any,
        inputs: Sequence[str] | None,
        outputs: Sequence[str] | None,
        setup: Mapping[str, Any],
        tolerance: float,
        unread: bool,
    ) -> None:
        __tracebackhide__ = True
        self.place = calling_line()
        """`file:line` of the test that created the runner."""
        self.finished = False
        """Whether the run is over and checked."""
        self._transcript = Transcript()
        self._setup = {**setup, "transcript": self._transcript}
        self._headers = setup["headers"]
        self._clock = setup["clock"]
        self._tolerance = tolerance
        self._unread = unread
        self._errors_seen = 0
        self._at_end = False
        # What a test sends before the ports of a node are decided: port, packets or a bound, line.
        self._later: list[tuple[str | Port[Any], list[Timed] | int, str]] = []
        self._graph: SteppedGraph | None = None
        self._node: under_test.NodeUnderTest | None = None
        if under_test.is_graph(target):
            self.name = "the graph"
            self._graph = SteppedGraph(under_test.load(target, options), **self._setup, observed=outputs)
        else:
            self._node = under_test.node_of(target, options)
            self.name = self._node.title
            if inputs is not None:
                self._node.choose(Input, _indexes(inputs))
            if outputs is not None:
                self._node.choose(Output, _indexes(outputs))
            self._node.connect(SideInput, _indexes(setup["side"]))
            if self._node.has_fixed_ports():
                self._started()
        plugin = sys.modules.get("mpgraph.pytest_plugin")
        if plugin is not None:
            plugin.watch(self)

    # Sending

    @raises_at_caller
    def send(self, port: str | Port[Any], *packets: Timed | Packet) -> CalculatorRunner:
        """Send packets into an input, one by one: `send("IN", 1 @ t(0), 2 @ t(10))`.

        packets: values with a time, or packets that have one (`packet_creator` creates them of any type).

        Raises:
            InvalidArgumentError: a value has no time, or is of a class the input does not take.
        """
        __tracebackhide__ = True
        return self._send_or_wait(port, [_timed(port, packet) for packet in packets])

    @raises_at_caller
    def bound(self, port: str | Port[Any], time: int | Timestamp) -> CalculatorRunner:
        """Announce that nothing before `time` will be sent into an input."""
        __tracebackhide__ = True
        return self._send_or_wait(port, as_int(time))

    @raises_at_caller
    def advance(self, seconds: float = 0.0, *, us: int = 0) -> CalculatorRunner:
        """Move the MockClock given to `run`; calculators that sleep wake up one after another, in order.

        Raises:
            InvalidArgumentError: there is no such clock.
        """
        __tracebackhide__ = True
        clock = self._clock
        if not isinstance(clock, MockClock):
            raise InvalidArgumentError("advance() moves a MockClock; give one to run(..., clock=...).")
        graph = self._checked()
        self._transcript.sent("clock", f"+{seconds} s" if seconds else f"+{us} us", calling_line())
        until = clock.now_us() + round(seconds * 1e6) + us
        while (left := until - clock.now_us()) > 0:
            waking = clock.next_waking()
            clock.advance(us=left if waking is None else min(left, waking - clock.now_us()))
            graph.settle()
        return self

    @raises_at_caller
    def close(self, *ports: str | Port[Any]) -> CalculatorRunner:
        """Close these inputs, or all of them, which ends the run."""
        __tracebackhide__ = True
        graph = self._checked()
        for port in ports:
            stream = graph.input(port)
            self._transcript.sent(graph.input_label(stream), "closed", calling_line())
            graph.close(stream)
        if not ports:
            self._transcript.sent("all", "closed", calling_line())
            graph.finish()
        return self

    # Expecting

    @raises_at_caller
    def expect(
        self, port: str | Port[Any], *expected: Any, tolerance: float | None = None
    ) -> CalculatorRunner:
        """Take the next packets of an output and compare them: `expect("OUT", 2 @ t(0), ANY @ t(10))`.

        expected: values with a time, or without one if any time will do. A value may be a number, text, an
            array (also for an Image or Tensor), an image, a message, a list of these; a class, `ANY`, or a
            predicate such as `lambda mask: mask.width == 4`; or a packet, whose payload type counts too.
        tolerance: how far numbers may differ, absolute; floats also relative. Integers only from 1 on.

        Raises:
            AssertionError: other packets came, or fewer.
        """
        __tracebackhide__ = True
        if not expected:
            raise InvalidArgumentError("expect() needs a value; expect_nothing() is for the other case.")
        graph, stream = self._output(port)
        got = graph.taken(stream, len(expected))
        wanted = [Timed(one, one._t) if has_time(one) else one for one in expected]
        matches, table = comparison(wanted, got, self._tolerance if tolerance is None else tolerance)
        if not matches:
            heading = f"{graph.output_label(stream)} of {self.name} is not as expected:"
            self._fail([heading, *table, graph.progress(stream)])
        return self

    @raises_at_caller
    def expect_nothing(self, *ports: str | Port[Any]) -> CalculatorRunner:
        """Check that these outputs, or all, have no unread packets.

        Raises:
            AssertionError: one has.
        """
        __tracebackhide__ = True
        graph = self._checked(*ports[:1])
        self._check_unread(graph, [graph.output(port) for port in ports] or graph.watched())
        return self

    @raises_at_caller
    def settles(self, port: str | Port[Any], time: int | Timestamp) -> CalculatorRunner:
        """Check that an output is settled up to `time`, or further: nothing more comes until then.

        Raises:
            AssertionError: it is not, so that readers of the output have to wait.
        """
        __tracebackhide__ = True
        graph, stream = self._output(port)
        if graph.bound_of(stream) <= as_int(time):
            self._fail(
                [
                    f"{graph.output_label(stream)} of {self.name} is not settled at {ts.name(as_int(time))}:",
                    graph.progress(stream),
                    "  (timestamp_offset = 0 in the class promises that each input settles the outputs.)",
                ]
            )
        return self

    @raises_at_caller
    def expect_bound(self, port: str | Port[Any], time: int | Timestamp) -> CalculatorRunner:
        """Check that the bound of an output is exactly `time`, the earliest time a packet may still have.

        `bound` sends one in; a calculator with `timestamp_offset = 0` has passed it on.

        Raises:
            AssertionError: the output is settled further, or not so far.
        """
        __tracebackhide__ = True
        graph, stream = self._output(port)
        if graph.bound_of(stream) != as_int(time):
            heading = f"The bound of {graph.output_label(stream)} of {self.name} is not"
            self._fail([f"{heading} {ts.name(as_int(time))}:", graph.progress(stream)])
        return self

    @raises_at_caller
    def expect_closed(self, *ports: str | Port[Any]) -> CalculatorRunner:
        """Check that these outputs, or all, are closed.

        Raises:
            AssertionError: one may still send.
        """
        __tracebackhide__ = True
        graph = self._checked(*ports[:1])
        for stream in [graph.output(port) for port in ports] or graph.watched():
            if graph.bound_of(stream) != ts.DONE:
                heading = f"{graph.output_label(stream)} of {self.name} is not closed:"
                self._fail([heading, graph.progress(stream)])
        return self

    @raises_at_caller
    def expect_header(self, port: str | Port[Any], expected: Any) -> CalculatorRunner:
        """Check the header of an output; None if there must be none. Values as in `expect`.

        Raises:
            AssertionError: it differs.
        """
        __tracebackhide__ = True
        graph, stream = self._output(port)
        self._compare(f"The header of {graph.output_label(stream)}", expected, graph.header(stream))
        return self

    @raises_at_caller
    def expect_side(self, port: str | Port[Any], expected: Any) -> CalculatorRunner:
        """Check an output side packet. Values as in `expect`.

        Raises:
            AssertionError: it has another value or is not set.
        """
        __tracebackhide__ = True
        graph = self._checked(side=port)
        packet = graph.side_packet(port)
        if packet is None:
            self._fail([f'The output side packet "{port}" of {self.name} is not set.'])
        self._compare(f'The output side packet "{port}"', expected, packet)
        return self

    @raises_at_caller
    def expect_error(self, text: str = "", error: type[BaseException] = BaseException) -> CalculatorRunner:
        """Check that the run has failed, with an `error` that contains `text`. Afterwards the run is over.

        Raises:
            AssertionError: it has not failed, or with other errors.
        """
        __tracebackhide__ = True
        errors = self._started().errors
        wanted = repr(text) if error is BaseException else f"{error.__name__}: {text!r}"
        if not errors:
            self._fail([f"{self.name} has not failed, though an error was expected: {wanted}"])
        self._errors_seen = len(errors)
        if not any(isinstance(found, error) and text in str(found) for found in errors):
            lines = [f"  {type(found).__name__}: {found}" for found in errors]
            self._fail([f"{self.name} failed, but not with {wanted}:", *lines], errors[0])
        for found in errors:
            self._transcript.failed(found)
        self.abandon()
        return self

    @raises_at_caller
    def take(self, port: str | Port[Any]) -> list[Packet]:
        """Return the unread packets of an output, for checks of the test's own."""
        __tracebackhide__ = True
        graph, stream = self._output(port)
        return graph.taken(stream)

    # Ending

    @raises_at_caller
    def finish(self) -> None:
        """Close all inputs, wait until the run is over, and check that nothing unexpected came.

        A `with` block does this on leaving; the pytest plug-in does it when a test has passed.

        Raises:
            AssertionError: the run failed, or packets came that no expectation took.
        """
        __tracebackhide__ = True
        if self.finished:
            return
        graph = self._checked()
        graph.finish()
        self.finished = True
        self._check_errors(graph)
        if self._unread:
            self._check_unread(graph, graph.watched())

    def end_of_test(self) -> None:
        """Finish, for the pytest plug-in; errors name the line that created the runner."""
        __tracebackhide__ = True
        self._at_end = True
        self.finish()

    def abandon(self) -> None:
        """End the run at once, without any check."""
        self.finished = True
        if self._graph is not None:
            self._graph.graph.abandon()

    def __enter__(self) -> CalculatorRunner:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        __tracebackhide__ = True
        self.finish() if kind is None else self.abandon()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name}, created at {self.place}>"

    # The graph

    def _started(
        self, output: str | Port[Any] | None = None, side: str | Port[Any] | None = None
    ) -> SteppedGraph:
        """Return the running graph; the first call decides which optional ports of a node are connected.

        output, side: the output or output side packet that the step needs.
        """
        __tracebackhide__ = True
        if self._graph is None:
            assert self._node is not None
            inputs = [*self._headers, *(port for port, _, _ in self._later)]
            used: under_test.Ports = {Output: _indexes([output]), SideOutput: _indexes([side])}
            self._node.connect_used(_indexes(inputs), used[Output], used[SideOutput])
            self.finished = True  # Unless it starts.
            declared = self._node.declared
            self._graph = SteppedGraph(self._node.graph(used), **self._setup, declared=declared)
            self._graph.ignore(self._node.incidental())
            self.finished = False
            later, self._later = self._later, []
            for port, what, line in later:
                self._send(self._graph, port, what, line)
        return self._graph

    def _checked(
        self, output: str | Port[Any] | None = None, side: str | Port[Any] | None = None
    ) -> SteppedGraph:
        """Return the running graph, after a check for errors that the test does not expect."""
        __tracebackhide__ = True
        graph = self._started(output, side)
        self._check_errors(graph)
        return graph

    def _output(self, port: str | Port[Any]) -> tuple[SteppedGraph, str]:
        __tracebackhide__ = True
        graph = self._checked(port)
        return graph, graph.output(port)

    def _send_or_wait(self, port: str | Port[Any], what: list[Timed] | int) -> CalculatorRunner:
        __tracebackhide__ = True
        if self._graph is None:
            self._later.append((port, what, calling_line()))
        else:
            self._send(self._checked(), port, what, calling_line())
        return self

    def _send(self, graph: SteppedGraph, port: str | Port[Any], what: list[Timed] | int, line: str) -> None:
        __tracebackhide__ = True
        stream = graph.input(port)
        label = graph.input_label(stream)
        if isinstance(what, int):
            self._transcript.sent(label, f"bound {ts.name(what)}", line)
            graph.bound(stream, what)
            return
        for timed in what:
            self._transcript.sent(label, as_sent(timed), line)
            graph.send(stream, timed)

    # Failing

    def _check_errors(self, graph: SteppedGraph) -> None:
        __tracebackhide__ = True
        unseen = graph.errors[self._errors_seen :]
        if unseen:
            self._errors_seen = len(graph.errors)
            for error in unseen:
                self._transcript.failed(error)
            self._fail([f"{self.name} failed:", *(f"  {error}" for error in unseen)], unseen[0])

    def _check_unread(self, graph: SteppedGraph, streams: Sequence[str]) -> None:
        __tracebackhide__ = True
        lines = [line for stream in streams for line in graph.unread_lines(stream)]
        if lines:
            self._fail([f"Not expected from {self.name}:", *lines])

    def _compare(self, what: str, expected: Any, packet: Packet | None) -> None:
        __tracebackhide__ = True
        if expected is None:
            why = None if packet is None else "none was expected"
        else:
            why = packet_mismatch(expected, packet or packets.empty(), self._tolerance)
        if why is not None:
            self._fail(
                [
                    f"{what} of {self.name} is not as expected: {why}",
                    f"  expected  {show(expected)}",
                    f"  got       {show(packet.payload if packet is not None else None)}",
                ]
            )

    def _fail(self, lines: Sequence[str], cause: BaseException | None = None) -> NoReturn:
        __tracebackhide__ = True
        line = self.place if self._at_end else calling_line()
        self.abandon()
        raise AssertionError("\n".join([*lines, f"({line})", "", str(self._transcript)])) from cause


def _timed(port: str | Port[Any], value: Timed | Packet) -> Timed:
    if isinstance(value, Timed):
        return value
    if has_time(value):
        return Timed(value, value._t)
    raise InvalidArgumentError(
        f'send("{port}", {show(value)}): the value has no time. Write value @ t(0), or at(0, value).'
    )


def _indexes(ports: Iterable[str | Port[Any] | None]) -> list[TagIndex]:
    return [found for port in ports if port is not None and (found := tag_index(port)) is not None]
