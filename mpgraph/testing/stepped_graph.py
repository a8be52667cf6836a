"""SteppedGraph: a graph that runs for a test step by step, and is idle between any two steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mpgraph.config.model import Types
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import FailedPreconditionError, InvalidArgumentError, NotFoundError, a_type, did_you_mean
from mpgraph.formats.image import IMAGE
from mpgraph.formats.image_frame import IMAGE_FRAME
from mpgraph.framework import packet as packets
from mpgraph.framework import timestamp as ts
from mpgraph.framework.clock import Clock
from mpgraph.framework.output_shard import typed_packet
from mpgraph.framework.packet import Packet
from mpgraph.framework.ports import Port
from mpgraph.framework.tags import TagIndex, TagMap, parse_tag_index
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.testing.matching import show
from mpgraph.testing.mock_clock import MockClock
from mpgraph.testing.silent_sources import SilentSources
from mpgraph.testing.stamps import Timed
from mpgraph.testing.transcript import Transcript, as_written

MAX_UNREAD = 10_000
"""With more unexpected packets than this, a source is assumed never to end."""


class SteppedGraph:
    """One run of a graph. `unread` holds the packets of each observed stream that were not taken yet.

    declared: the ports that the class of the only node declares; None for a whole graph.
    """

    def __init__(
        self,
        validated: ValidatedGraphConfig,
        *,
        side: Mapping[str, Any],
        headers: Mapping[str, Any],
        services: Mapping[str, Any],
        clock: Clock | None,
        transcript: Transcript,
        observed: Sequence[str] | None = None,
        declared: Sequence[Port[Any]] | None = None,
    ) -> None:
        self.model = validated.model
        self._declared = declared or ()
        self._transcript = transcript
        self._whole_graph = declared is None
        self.side_inputs = TagMap(self.model.config.input_side_packet)
        self.side_outputs = TagMap(self.model.config.output_side_packet)
        self.graph = CalculatorGraph(validated_graph_config=validated)
        self.graph.watch_runs(SilentSources())
        for key, service in services.items():
            self.graph.set_service(key, service)
        self._clock = clock
        if clock is not None:
            self.graph.set_clock(clock)
        names = self.model.observable_outputs if observed is None else observed
        self.unread: dict[str, deque[Packet]] = {name: deque() for name in names}
        self._ignored: set[str] = set()
        self._labels = {name: self.output_label(name) for name in names}
        for name in names:
            self.graph.observe_output_stream(name, self._take)
        self.graph.start_run(
            {name: self._side_packet(name, value) for name, value in self._named(side).items()},
            {self.input(port): packets.make_packet(value) for port, value in headers.items()},
        )
        run = self.graph.current_run
        if run is None:
            raise FailedPreconditionError("The run has ended.")
        self.run = run
        self.settle()

    def _take(self, stream: str, packet: Packet) -> None:
        waiting = self.unread[stream]
        waiting.append(packet)
        self._transcript.came(self._labels[stream], packet)
        if len(waiting) > MAX_UNREAD and stream not in self._ignored:
            raise InvalidArgumentError(
                f"More than {MAX_UNREAD} packets came out of {self._labels[stream]} and none was expected. "
                "A source must return STOP from process() at its end."
            )

    # Ports

    def ignore(self, ports: Sequence[Port[Any]]) -> None:
        """Do not require that the packets of these ports are read, unless a test names the ports."""
        for port in ports:
            position = self.model.graph_outputs.id(port.tag, port.index)
            if position is not None:
                self._ignored.add(self.model.graph_outputs.names[position])

    def watched(self) -> list[str]:
        """Return the observed streams that must be read to their end."""
        return [name for name in self.unread if name not in self._ignored]

    def input(self, port: str | Port[Any]) -> str:
        """Return the stream of an input.

        Raises:
            NotFoundError: there is no such input, or it is not connected.
        """
        return self._stream(self.model.graph_inputs, port, "input stream")

    def output(self, port: str | Port[Any]) -> str:
        """Return the stream of an observed output; errors as for `input`."""
        named = isinstance(port, str) and port in self.unread
        stream = str(port) if named else self._stream(self.model.graph_outputs, port, "output stream")
        self._ignored.discard(stream)
        return stream

    def _stream(self, tags: TagMap, port: str | Port[Any], kind: str) -> str:
        position = find_port(tags, port, self._declared)
        if position is not None:
            return tags.names[position]
        known = [str(each) if each.tag or each.index else "" for each in tags.ports]
        raise NotFoundError(
            f'There is no {kind} "{port.tag if isinstance(port, Port) else port}".'
            f"{did_you_mean(str(port), known)} Connected are: "
            + (", ".join(f'"{each}"' for each in known) or "none")
            + ". (run(..., inputs=[...], outputs=[...]) chooses which to connect.)"
        )

    def input_label(self, stream: str) -> str:
        """How tests call an input: its tag and index; in a graph, the stream's name if it has no tag."""
        return self._label(self.model.graph_inputs, stream)

    def output_label(self, stream: str) -> str:
        """How tests call an output; see `input_label`."""
        return self._label(self.model.graph_outputs, stream)

    def _label(self, tags: TagMap, stream: str) -> str:
        if stream not in tags.names:
            return stream
        port = tags.ports[tags.names.index(stream)]
        if port.tag:
            return str(port)
        return stream if self._whole_graph else f'"{port if port.index else ""}"'

    def _named(self, side: Mapping[str, Any]) -> dict[str, Any]:
        return {self._side_name(self.side_inputs, port, "input side packet"): side[port] for port in side}

    def _side_name(self, tags: TagMap, port: str | Port[Any], kind: str) -> str:
        """The name of a side packet; a graph need not list those of its nodes."""
        if self._whole_graph and port in self.model.side_packets:
            return str(port)
        return self._stream(tags, port, kind)

    def _side_packet(self, name: str, value: Any) -> Packet:
        types = self.model.side_packets[name].types if name in self.model.side_packets else None
        return packet_for(value, ts.UNSET, types, f'side packet "{name}"')

    # Steps

    @property
    def errors(self) -> list[BaseException]:
        """The errors of the run so far."""
        return self.run.scheduler.errors

    def send(self, stream: str, timed: Timed) -> None:
        """Send one packet in and wait until it has been processed."""
        edge = self.model.streams[stream]
        label = self.input_label(stream)
        packet = packet_for(timed.value, timed.time, edge.types, f'send("{label}", {show(timed.value)})')
        if self.running():
            self.run.inputs[stream].send(packet)
            self.settle()

    def bound(self, stream: str, time: int) -> None:
        """Announce that nothing before `time` follows."""
        if self.running():
            self.run.inputs[stream].send_bound(time)
            self.settle()

    def close(self, stream: str) -> None:
        """End an input stream."""
        if self.running():
            self.graph.close_input_stream(stream)
            self.settle()

    def running(self) -> bool:
        """Whether packets may still be sent: the run has neither failed nor ended."""
        return self.graph.current_run is not None and not self.errors

    def settle(self) -> None:
        """Wait until the graph is at rest, apart from calculators that sleep until the clock is moved."""
        scheduler = self.run.scheduler
        clock = self._clock
        if isinstance(clock, MockClock) and not clock.autojump:
            scheduler.wait_until(lambda: clock.rests(scheduler))
        else:
            scheduler.wait_until_quiet()

    def finish(self) -> None:
        """End all inputs and wait until the run is over; its errors stay in `errors`."""
        if self.graph.current_run is not None:
            self.graph.close_all_packet_sources()
            self.run.scheduler.wait_until_quiet(terminated=True)
            self.graph.abandon()

    def bound_of(self, stream: str) -> int:
        """Return the least time that a stream may still have a packet at; DONE at its end."""
        return self.run.streams[stream].bound

    def taken(self, stream: str, count: int | None = None) -> list[Packet]:
        """Remove and return the oldest unread packets of a stream, at most `count` or all."""
        unread = self.unread[stream]
        return [unread.popleft() for _ in range(len(unread) if count is None else min(count, len(unread)))]

    def unread_lines(self, stream: str) -> list[str]:
        """Describe the unread packets of a stream, at most 20, one a line."""
        label = self.output_label(stream)
        return [f"  {label}  {as_written(packet)}" for packet in list(self.unread[stream])[:20]]

    def progress(self, stream: str) -> str:
        """Describe up to which time a stream is settled, as a line of a message."""
        bound, label = self.bound_of(stream), self.output_label(stream)
        if bound == ts.DONE:
            return f"  {label} is closed."
        settled = ts.previous_allowed(bound)
        upto = "nothing" if settled == ts.UNSTARTED else f"up to {ts.name(settled)}"
        return f"  {label} has settled {upto}: its bound is {ts.name(bound)}."

    def header(self, stream: str) -> Packet | None:
        """The header of a stream, None if it has none."""
        return self.run.streams[stream].header

    def side_packet(self, port: str | Port[Any]) -> Packet | None:
        """An output side packet, None if it is not set; errors as `input`."""
        return self.run.side_packets.get(self._side_name(self.side_outputs, port, "output side packet"))


def find_port(tags: TagMap, port: str | Port[Any], declared: Sequence[Port[Any]]) -> int | None:
    """Return the position of a port given by its declaration, tag and index, stream or attribute."""
    if isinstance(port, Port):
        return tags.id(port.tag, port.index)
    wanted = tag_index(port)
    found = tags.id(wanted.tag, wanted.index) if wanted is not None else None
    if found is None and port in tags.names:
        return tags.names.index(port)
    if found is None:
        for each in declared:
            if each.name == port and tags.id(each.tag, each.index) is not None:
                return tags.id(each.tag, each.index)
    return found


def tag_index(port: str | Port[Any]) -> TagIndex | None:
    """Return the tag and index that a test names; None if the text is not of that form."""
    if isinstance(port, Port):
        return TagIndex(port.tag, port.index)
    try:
        return parse_tag_index(port)
    except InvalidArgumentError:
        return None


def packet_for(value: Any, time: int, types: Types, where: str) -> Packet:
    """Return a value as a packet of a type that the stream accepts.

    Raises:
        InvalidArgumentError: the stream does not accept its class.
    """
    if isinstance(value, Packet):
        return packets.make(value.payload, value.type, time)
    if hasattr(type(value), "DESCRIPTOR"):
        value = packets.make_packet(value).payload
    try:
        return typed_packet(value, time, types, where)
    except InvalidArgumentError:
        if value is None:
            hint = "None is no payload; bound() advances a stream without a packet."
            raise InvalidArgumentError(f"{where}: {hint}") from None
        hint = ""
        if isinstance(value, np.ndarray) and types is not None and {IMAGE, IMAGE_FRAME} & types:
            wanted = "ImageFrame" if IMAGE_FRAME in types else "Image"
            hint = f" Create an image from it: {wanted}.wrap(array)."
        raise InvalidArgumentError(
            f"{where}: the value is {a_type(value)}, where {_classes(types)} is accepted.{hint}"
        ) from None


def _classes(types: Types) -> str:
    """Return the Python classes of payload types as text."""
    found: set[str] = set()
    for kind in types or ():
        python = kind.python if isinstance(kind.python, tuple) else (kind.python,)
        found |= {kind.name if cls in (list, tuple, dict) else cls.__name__ for cls in python}
    return " or ".join(sorted(found))
