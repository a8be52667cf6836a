"""Hooks of a run: installed, composed and removed without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.graph_input_stream import GraphInputStream, InputSender
from mpgraph.runtime.instrumentation import Instrumentation
from mpgraph.runtime.invocation import Call, Stage
from mpgraph.runtime.run import GraphRun

CHAIN = """
  input_stream: "in" output_stream: "out"
  node { name: "a" calculator: "RtScript" input_stream: "in" output_stream: "mid" }
  node { name: "b" calculator: "RtPass" input_stream: "mid" output_stream: "out" }
"""
FIXED_SIZE = """
  input_stream: "in" input_stream: "other" output_stream: "out"
  node {
    name: "a" calculator: "RtScript" input_stream: "in" input_stream: "other" output_stream: "out"
    input_stream_handler { input_stream_handler: "FixedSizeInputStreamHandler" }
  }
"""


class EveryHook(Instrumentation):
    """Notes what each hook reports; installed in every run that it watches."""

    def __init__(self, label: str = "") -> None:
        self.label = label
        self.calls: list[str] = []
        self.sent: list[str] = []
        self.packets: list[tuple[int, int]] = []
        self.full: list[tuple[int, int, bool]] = []
        self.drops: list[tuple[int, str, int]] = []

    def run_starts(self, run: GraphRun) -> None:
        run.instrument(self)

    def run_ends(self, run: GraphRun) -> None: ...

    @override
    def on_call(self, node: CalculatorNode, stage: Stage, call: Call) -> Call:
        def noted(context: CalculatorContext) -> Any:
            self.calls.append(f"{self.label}{node.spec.name}.{stage}")
            return call(context)

        return noted

    @override
    def on_input(self, stream: GraphInputStream, sender: InputSender) -> InputSender:
        hook = self

        class Noted:
            def send(self, packet: Packet) -> bool:
                hook.sent.append(f"{hook.label}{stream.name} {packet._t}")
                return sender.send(packet)

            def send_bound(self, bound: int) -> None:
                hook.sent.append(f"{hook.label}{stream.name} bound {bound}")
                sender.send_bound(bound)

            def close(self) -> None:
                hook.sent.append(f"{hook.label}{stream.name} close")
                sender.close()

        return Noted()

    @override
    def on_packets_in(self, stream: int, packets: Sequence[Packet]) -> None:
        self.packets += [(stream, packet._t) for packet in packets]

    @override
    def on_queue_full(self, node: int, port: int, full: bool) -> None:
        self.full.append((node, port, full))

    @override
    def on_drop(self, node: int, stream: str, t: int, reason: str) -> None:
        self.drops.append((node, stream, t))


def hooked_parts(run: GraphRun) -> list[object]:
    """Everything that hooks change in a run."""
    return [
        [node.invoker.process for node in run.nodes],
        [source.sender for source in run.inputs.values()],
        [list(stream.subscribers) for stream in run.streams.values()],
        [list(queue.upstream) for node in run.nodes for queue in node.queues],
        [(node.context.on_drop, node.handler.on_drop) for node in run.nodes],
    ]


def test_every_hook_is_called(stage: Any) -> None:
    play, hook = stage(CHAIN), EveryHook()
    play.graph.watch_runs(hook)
    play.start().send("in", 1, 2).idle()
    play.graph.set_input_stream_timestamp_bound("in", 7)
    play.finish()
    assert hook.calls.count("a.Process") == hook.calls.count("b.Process") == 2
    assert hook.calls.count("a.Open") == hook.calls.count("b.Close") == 1
    assert hook.sent == ["in 1", "in 2", "in bound 7", "in close"]
    assert hook.packets == [(0, 1), (0, 2)]


def test_full_queues_and_drops_are_reported(stage: Any) -> None:
    play, hook = stage(FIXED_SIZE), EveryHook()
    play.graph.max_queue_size = 2
    play.graph.watch_runs(hook)
    play.start().send("in", 1).idle().send("in", 2).idle().send("in", 3).idle().finish()
    assert hook.drops and set(hook.drops) <= {(0, "in", 1), (0, "in", 2)}
    assert hook.full[:2] == [(0, 0, True), (0, 0, False)]


def test_removed_hooks_leave_nothing_behind(stage: Any) -> None:
    play = stage(CHAIN).start().idle()
    run = play.graph.current_run
    before = hooked_parts(run)
    first, second = EveryHook("1"), EveryHook("2")
    for change in (run.instrument, run.uninstrument):
        for hook in (first, second):
            run.scheduler.post(change, hook)
            play.idle()
        assert (hooked_parts(run) == before) == (change == run.uninstrument)
    play.send("in", 1).finish()
    assert first.calls == first.sent == first.packets == []


def test_later_hooks_are_around_earlier_hooks(stage: Any) -> None:
    play = stage(CHAIN)
    hooks = EveryHook("inner "), EveryHook("outer ")
    hooks[0].calls = hooks[1].calls
    hooks[0].sent = hooks[1].sent
    for hook in hooks:
        play.graph.watch_runs(hook)
    play.start().send("in", 1).idle()
    assert hooks[0].sent == ["outer in 1", "inner in 1"]
    assert hooks[0].calls[-4:] == [f"{label} {node}.Process" for node in "ab" for label in ("outer", "inner")]


def test_removing_what_is_not_installed_does_nothing(stage: Any) -> None:
    play = stage(CHAIN).start().idle()
    play.graph.current_run.scheduler.post(play.graph.current_run.uninstrument, EveryHook())
    play.idle().finish()
