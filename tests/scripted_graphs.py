"""Small graphs of scripted calculators, and a guard against tests that hang."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mpgraph.framework import packet as packets
from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.framework.tags import TagMap
from mpgraph.graph.calculator_graph import CalculatorGraph

Hook = Callable[[CalculatorContext], Any]


class Scripted(Calculator):
    """Runs the test's functions, found by node name and stage, and records every call."""

    def _call(self, stage: str, cc: CalculatorContext) -> Any:
        hooks = cc.service("hooks")
        cc.service("calls").append((cc.node_name, stage, cc.t, [packet.payload for packet in cc.packets]))
        hook: Hook | None = hooks.get(cc.node_name, {}).get(stage)
        if hook is not None:
            return hook(cc)
        return self.default(cc) if stage == "process" else None

    def default(self, cc: CalculatorContext) -> Any:
        """Forward packets to the outputs at the same positions."""
        for shard, packet in zip(cc.outputs, cc.packets, strict=False):
            if not packet.is_empty():
                shard.add_packet(packet)

    def open(self, cc: CalculatorContext) -> Any:
        return self._call("open", cc)

    def process(self, cc: CalculatorContext) -> Any:
        return self._call("process", cc)

    def close(self, cc: CalculatorContext) -> Any:
        return self._call("close", cc)


@register
class RtScript(Scripted):
    """Has any ports."""

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        super().get_contract(contract)
        for specs in (contract.inputs, contract.outputs, contract.side_inputs, contract.side_outputs):
            for spec in specs:
                spec.set_any()


@register
class RtOffset(RtScript):
    """Promises offset 0."""

    timestamp_offset = 0


@register
class RtBounds(RtScript):
    """Is also called for settled times."""

    process_timestamp_bounds = True


@register
class RtBlocking(RtScript):
    """Runs on its executor's threads."""

    blocking = True


@register
class RtPass(Calculator):
    """Forwards one stream: the type of node that the fast path is for."""

    data = Input()
    out = Output(same_as=data)
    timestamp_offset = 0

    def process(self, cc: CalculatorContext) -> None:
        cc.forward(self.out, cc.packet(self.data))


@register
class RtInts(Calculator):
    """Takes and emits ints only."""

    data = Input("", int)
    out = Output("", int)

    def process(self, cc: CalculatorContext) -> int:
        return cc[self.data] + 1


@register
class RtCount(Calculator):
    """A source of 0, 1, 2 ... at the times 0, 1, 2 ..., as many as the service "count" is."""

    out = Output("", int)

    def open(self, cc: CalculatorContext) -> None:
        self._next = 0
        self._count = cc.service("count")

    def process(self, cc: CalculatorContext) -> Any:
        if self._next == self._count:
            return STOP
        cc.emit(self.out, self._next, self._next)
        self._next += 1
        return None


def packet_at(value: Any, t: int) -> Packet:
    """A packet with a time: of a value, or of the payload of a packet; empty for None."""
    if value is None:
        return packets.empty(t)
    packet = value if isinstance(value, Packet) else make_packet(value)
    return packets.make(packet.payload, packet.type, t)


class ScriptedGraph:
    """A graph under test, the calls of its calculators, and its output packets."""

    def __init__(self, text: str, bounds: bool, hooks: dict[str, dict[str, Hook]]) -> None:
        self.graph = CalculatorGraph(graph_config=text)
        self.calls: list[tuple[str, str, int, list[Any]]] = []
        self.seen: dict[str, list[tuple[int, Any]]] = {}
        self.graph.set_service("hooks", hooks)
        self.graph.set_service("calls", self.calls)
        for name in TagMap(self.graph.model.config.output_stream).names:
            self.seen[name] = []
            self.graph.observe_output_stream(name, self._observe, bounds)

    def _observe(self, stream: str, packet: Packet) -> None:
        self.seen[stream].append((packet.timestamp.value, packet.payload))

    def start(self, **side_packets: Any) -> ScriptedGraph:
        """Start a run."""
        self.graph.start_run({name: make_packet(value) for name, value in side_packets.items()})
        return self

    def send(self, stream: str, *events: Any) -> ScriptedGraph:
        """Send (time, value) pairs, or times that are also the values; None only moves the bound."""
        for event in events:
            t, value = event if isinstance(event, tuple) else (event, event)
            self.graph.add_packet_to_input_stream(stream, packet_at(value, t))
        return self

    def idle(self) -> ScriptedGraph:
        self.graph.wait_until_idle()
        return self

    def finish(self) -> ScriptedGraph:
        """Close all inputs and wait for the end."""
        self.graph.close()
        return self

    def called(self, node: str, stage: str = "process") -> list[Any]:
        """(time, payloads) of a node's calls."""
        return [(t, inputs) for name, kind, t, inputs in self.calls if (name, kind) == (node, stage)]


@pytest.fixture
def stage() -> Iterator[Callable[..., ScriptedGraph]]:
    """`stage(text, node={"open": f, "process": g, "close": h})`; abandons graphs that still run."""
    graphs: list[ScriptedGraph] = []

    def create(text: str, bounds: bool = False, **hooks: dict[str, Hook]) -> ScriptedGraph:
        graphs.append(ScriptedGraph(text, bounds, hooks))
        return graphs[-1]

    yield create
    for scripted in graphs:
        scripted.graph.abandon()


@pytest.fixture
def watchdog() -> Callable[..., Any]:
    """`watchdog(function, seconds)` returns the function's result; fails if it takes longer."""

    def run(function: Callable[[], Any], seconds: float = 20.0) -> Any:
        outcome: list[Any] = []

        def body() -> None:
            try:
                outcome.append((function(), None))
            except BaseException as error:
                outcome.append((None, error))

        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        thread.join(seconds)
        assert outcome, "it hangs"
        result, error = outcome[0]
        if error is not None:
            raise error
        return result

    return run
