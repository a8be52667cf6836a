"""What a running graph waits for, in words: the answer to "why does nothing come out?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from mpgraph.config.model import GraphModel
from mpgraph.errors import DeadlineExceededError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.closing import OpenNodes
from mpgraph.runtime.graph_input_stream import GraphInputStream
from mpgraph.runtime.node_status import NodeStatus
from mpgraph.runtime.scheduler import Scheduler
from mpgraph.runtime.streams import InputStreamManager
from mpgraph.runtime.throttle import Throttled


class ExplainedRun(Protocol):
    """What this module uses of a run, whose module imports it."""

    scheduler: Scheduler
    nodes: list[CalculatorNode]
    model: GraphModel
    inputs: dict[str, GraphInputStream]
    side_packets: dict[str, Packet]
    throttles: dict[str | int, Throttled]
    open_nodes: OpenNodes


def explain(run: ExplainedRun) -> str:
    """Return what the nodes of a run wait for and who should have sent it, one item a line.

    Any thread may call this at any time. Nodes and queues may change meanwhile: while a graph works, the
    answer is of that moment; of a graph that waits, it is exact.
    """
    lines = [*_errors(run), *_unopened(run), *_busy(run), *_waiting(run), *_throttled(run)]
    return "\n".join(lines or _nothing_waits(run))


def too_late(run: ExplainedRun, call: str, timeout: float | None) -> DeadlineExceededError:
    """Return the error about a call that waited for a run for `timeout` seconds in vain."""
    return DeadlineExceededError(f"{call}() took longer than {timeout:g} s.\n{explain(run)}", rule="timeout")


def _errors(run: ExplainedRun) -> Iterator[str]:
    for error in list(run.scheduler.errors):
        yield f"The run has failed: {error}"
    if run.scheduler.is_paused:
        yield "The run is paused: resume() lets it go on."


def waits(run: ExplainedRun) -> Iterator[tuple[CalculatorNode, int, str]]:
    """Yield each node that cannot go on, the time at which it waits (UNSTARTED to open), and what for.

    Of a graph that works, this is of the moment: what a node waits for most often comes next.
    """
    for node in run.nodes:
        for line in _unopened(run, [node]):
            if node.status is NodeStatus.PREPARED:
                yield node, ts.UNSTARTED, line
        t = _waits_at(node)
        for line in _waiting(run, [node]) if t is not None else ():
            yield node, t or 0, line


def _unopened(run: ExplainedRun, nodes: Sequence[CalculatorNode] | None = None) -> Iterator[str]:
    for node in run.nodes if nodes is None else nodes:
        if node.status is NodeStatus.OPENING:
            yield f"{_label(node)} is in its open()."
        elif node.status is NodeStatus.PREPARED:
            names = node.spec.side_inputs.names
            missing = [
                f'side packet "{name}"'
                for name, packet in zip(names, list(node.side_packets), strict=True)
                if packet.is_empty() and name in run.model.side_packets and name not in run.side_packets
            ]
            missing += [
                f'the opening of what sends stream "{queue.name}"'
                for queue, back in zip(node.queues, node.spec.back_edges, strict=True)
                if not back and queue.header is None
            ]
            yield f"{_label(node)} has not opened: it waits for {', '.join(missing) or 'its turn'}."


def _busy(run: ExplainedRun) -> Iterator[str]:
    if (closing := run.open_nodes.in_close) is not None:
        yield f"{_label(closing)} is in its close(), after the run."
    for node in run.nodes:
        if node.in_flight:
            calls = f"{node.in_flight} calls" if node.in_flight > 1 else "a call"
            yield f"{_label(node)} has {calls} running or queued, at {ts.name(node.context.t)}."


def _waiting(run: ExplainedRun, nodes: Sequence[CalculatorNode] | None = None) -> Iterator[str]:
    for node in run.nodes if nodes is None else nodes:
        t = _waits_at(node)
        if t is None:
            continue
        held = ", ".join(f'"{queue.name}"' for queue in node.queues if queue.packets)
        for queue in _lacking(node, t):
            yield (
                f"{_label(node)} holds a packet at {ts.name(t)} on {held}, and waits for "
                f'"{queue.name}", {_settled(queue)}. {_cause(run, queue, t)}'
            )


def _waits_at(node: CalculatorNode) -> int | None:
    """The time of the first packet that a node holds; None if it holds none or is busy."""
    if node.status is not NodeStatus.OPENED or node.in_flight:
        return None
    heads = [packets[0].timestamp.value for queue in node.queues if (packets := list(queue.packets))]
    return min(heads, default=None)


def _lacking(node: CalculatorNode, t: int) -> list[InputStreamManager]:
    return [queue for queue in node.queues if not queue.packets and queue.bound <= t]


def _settled(queue: InputStreamManager) -> str:
    if queue.bound <= ts.MIN:
        return "on which nothing has come so far"
    return f"which is settled up to {ts.name(ts.previous_allowed(queue.bound))}"


def _cause(run: ExplainedRun, queue: InputStreamManager, t: int) -> str:
    """Follow a stream upwards to the node or graph input that has not sent what is missing at `t`."""
    seen: set[str] = set()
    while True:
        seen.add(queue.name)
        edge = run.model.streams[queue.name]
        if edge.producer is None:
            return (
                f'The graph input "{queue.name}" got nothing at {ts.name(t)} or later: add a packet, set its '
                "timestamp bound, or close it."
            )
        node = run.nodes[edge.producer]
        sender = f'"{queue.name}" comes from {_label(node)}'
        if node.status < NodeStatus.OPENED:
            return f"{sender}, which has not opened."
        if node.in_flight:
            return f"{sender}, which is busy."
        if node.spec.is_source:
            state = "is throttled" if node.throttle.is_throttled else "has not sent it so far"
            return f"{sender}, a source, which {state}."
        if _waits_at(node) is not None and _lacking(node, t):
            return f"{sender}, which waits itself."
        behind = min(node.queues, key=lambda each: each.bound)
        if behind.bound > t:
            return (
                f"{sender}, whose inputs are settled beyond that, and which sent neither packet nor bound: "
                "declare timestamp_offset = 0 in its calculator, or set the output's next timestamp bound."
            )
        if behind.name in seen:
            return f"{sender}, in a loop that waits for itself."
        queue = behind


def _throttled(run: ExplainedRun) -> Iterator[str]:
    for throttle in run.throttles.values():
        for queue in list(throttle.full):
            if isinstance(queue.node, CalculatorNode):
                holder = f'{_label(queue.node)} holds {len(queue.packets)} packets of "{queue.name}"'
            else:
                holder = f'a poller of "{queue.name}" is full'
            yield f'"{throttle.name}" is throttled: {holder}.'


def _nothing_waits(run: ExplainedRun) -> list[str]:
    if run.scheduler.terminated:
        return ["The run has ended."]
    still_open = [f'"{name}"' for name, source in run.inputs.items() if not source.closed]
    if still_open:
        return [
            f"Every packet has been processed. The graph inputs {', '.join(still_open)} are open: the run "
            "ends after they are closed, as close() does."
        ]
    return ["Every packet has been processed."]


def _label(node: CalculatorNode) -> str:
    where = f"{node.spec.location}: " if node.spec.location else ""
    return f'{where}node "{node.spec.name}"'
