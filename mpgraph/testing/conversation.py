"""Conversation: how a test starts its calculator or graph, reports failed steps, and ends."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.clock import Clock
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Input, Output, Port, SideInput
from mpgraph.framework.tags import TagIndex
from mpgraph.testing import under_test
from mpgraph.testing.blame import at_the_caller
from mpgraph.testing.showing import show
from mpgraph.testing.stage import SteppedGraph, tag_index
from mpgraph.testing.stamps import Timed
from mpgraph.testing.transcript import Transcript, calling_place, spoken

C = TypeVar("C", bound="Conversation")


class Conversation:
    """The part of CalculatorRunner that is not a step."""

    def __init__(
        self,
        target: Any,
        options: Any,
        *,
        side: Mapping[str, Any],
        headers: Mapping[str, Any],
        inputs: Sequence[str] | None,
        outputs: Sequence[str] | None,
        services: Mapping[str, Any],
        clock: Clock | None,
        tolerance: float,
        unread: bool,
    ) -> None:
        __tracebackhide__ = True
        self.place = calling_place()
        """file:line of the test that created it."""
        self.finished = False
        """Whether no further packet can come."""
        self._transcript = Transcript()
        self._side = side
        self._headers = headers
        self._services = services
        self._clock = clock
        self._tolerance = tolerance
        self._unread = unread
        self._errors_seen = 0
        self._at_end = False
        self._later: list[tuple[str | Port[Any], list[Timed], str]] = []
        self._stage: SteppedGraph | None = None
        self._node: under_test.NodeUnderTest | None = None
        if under_test.is_graph(target):
            self.name = "the graph"
            observed = list(outputs) if outputs is not None else None
            self._stage = self._start(under_test.load(target, options), observed, None)
        else:
            self._node = under_test.node_of(target, options)
            self.name = self._node.title
            if inputs is not None:
                self._node.choose(Input, _indexes(inputs))
            if outputs is not None:
                self._node.choose(Output, _indexes(outputs))
            self._node.connect(SideInput, _indexes(side))
            if self._node.is_settled():
                self._started(None)
        _announce(self)

    # The run

    def _start(
        self, validated: Any, observed: Sequence[str] | None, declared: Sequence[Port[Any]] | None
    ) -> SteppedGraph:
        return SteppedGraph(
            validated,
            side=self._side,
            headers=self._headers,
            services=self._services,
            clock=self._clock,
            observed=observed,
            declared=declared,
            transcript=self._transcript,
        )

    def _started(self, wanted: str | Port[Any] | None) -> SteppedGraph:
        """Return the running graph; the first call for a node decides which optional ports are connected."""
        __tracebackhide__ = True
        if self._stage is None:
            assert self._node is not None
            self._node.connect(Input, _indexes(port for port, _, _ in self._later))
            if not self._node.declares(Output) and Output not in self._node.chosen:
                self._node.connect(Output, self._node.streams.get(Input, []))
                self._node.connect(Output, _indexes([wanted] if wanted is not None else []))
            self._node.connect_declared()
            self.finished = True  # In case it does not start.
            asked = _indexes([wanted] if wanted is not None else [])
            self._stage = self._start(self._node.graph(asked), None, self._node.declared)
            self._stage.ignore(self._node.incidental())
            self.finished = False
            later, self._later = self._later, []
            for port, timed, place in later:
                self._send(self._stage, port, timed, place)
        return self._stage

    def _checked(self, wanted: str | Port[Any] | None = None) -> SteppedGraph:
        """Return the running graph, after a check for unexpected errors."""
        __tracebackhide__ = True
        stage = self._started(wanted)
        self._check_errors(stage)
        return stage

    def _check_errors(self, stage: SteppedGraph) -> None:
        __tracebackhide__ = True
        unseen = stage.errors[self._errors_seen :]
        if unseen:
            self._errors_seen = len(stage.errors)
            for error in unseen:
                self._transcript.failed(error)
            self._fail([f"{self.name} failed:", *(f"  {error}" for error in unseen)], unseen[0])

    def _fail(self, lines: Sequence[str], cause: BaseException | None = None) -> NoReturn:
        __tracebackhide__ = True
        place = self.place if self._at_end else calling_place()
        self.abandon()
        raise AssertionError(
            "\n".join([lines[0], *lines[1:], f"({place})", "", str(self._transcript)])
        ) from cause

    def _send(self, stage: SteppedGraph, port: str | Port[Any], values: Sequence[Timed], place: str) -> None:
        __tracebackhide__ = True
        stream = stage.input(port)
        label = stage.input_label(stream)
        for timed in values:
            self._transcript.sent(label, spoken(packets.make(_payload(timed), None, timed.time)), place)
            stage.send(stream, timed)

    def _standing(self, stage: SteppedGraph, stream: str) -> str:
        bound = stage.bound_of(stream)
        label = stage.output_label(stream)
        if bound == ts.DONE:
            return f"  {label} has ended."
        settled = ts.previous_allowed(bound)
        upto = "nothing" if settled == ts.UNSTARTED else f"up to {ts.name(settled)}"
        return f"  {label} has settled {upto}: its bound is {ts.name(bound)}."

    # The end

    @at_the_caller
    def finish(self) -> None:
        """End all inputs, wait for the end of the run, and check that no packets are left.

        A `with` block does this at its end; the pytest plug-in does it when a test has passed.

        Raises:
            AssertionError: the run failed, or packets were received that no expectation took.
        """
        __tracebackhide__ = True
        if self.finished:
            return
        stage = self._checked()
        stage.finish()
        self.finished = True
        self._check_errors(stage)
        if self._unread:
            self._check_unread(stage, stage.watched())

    def end_of_test(self) -> None:
        """Finish, for the pytest plug-in: failures are reported at the line that created the runner."""
        __tracebackhide__ = True
        self._at_end = True
        self.finish()

    def _check_unread(self, stage: SteppedGraph, streams: Sequence[str]) -> None:
        __tracebackhide__ = True
        lines = []
        for stream in streams:
            label = stage.output_label(stream)
            lines += [f"  {label}  {spoken(packet)}" for packet in list(stage.unread[stream])[:20]]
        if lines:
            self._fail([f"Not expected from {self.name}:", *lines])

    def abandon(self) -> None:
        """End the run at once, without any checks."""
        self.finished = True
        if self._stage is not None:
            self._stage.graph.abandon()

    def __enter__(self: C) -> C:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        __tracebackhide__ = True
        if kind is None:
            self.finish()
        else:
            self.abandon()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name}, created at {self.place}>"


def timed(port: str | Port[Any], value: Timed | Packet) -> Timed:
    """Return a value that a test sends, with its time.

    Raises:
        InvalidArgumentError: it has no time.
    """
    if isinstance(value, Timed):
        return value
    if isinstance(value, Packet) and ts.is_allowed_in_stream(value._t):
        return Timed(value, value._t)
    raise InvalidArgumentError(
        f'send("{port}", {show(value)}): the value has no time. Write value @ t(0), or at(0, value).'
    )


def _payload(timed: Timed) -> Any:
    return timed.value.payload if isinstance(timed.value, Packet) else timed.value


def _indexes(ports: Iterable[str | Port[Any]]) -> list[TagIndex]:
    return [found for found in map(tag_index, ports) if found is not None]


def _announce(made: Conversation) -> None:
    """Inform the pytest plug-in, if it is loaded, so that it ends what a test leaves open."""
    plugin = sys.modules.get("mpgraph.pytest_plugin")
    if plugin is not None:
        plugin.watch(made)
