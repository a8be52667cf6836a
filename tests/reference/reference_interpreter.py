"""The semantics of graphs in their simplest form: one thread, a list of queues, run until idle.

Written from MediaPipe's semantics, sharing no code with mpgraph.runtime; nodes open before any packet.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from random_graphs import Event, GraphPlan, NodePlan
from reference_steps import STEPS, Source

from mpgraph.framework.timestamp import (
    DONE,
    MAX,
    MIN,
    ONE_OVER_POSTSTREAM,
    POSTSTREAM,
    PRESTREAM,
    UNSET,
    UNSTARTED,
    next_allowed,
    previous_allowed,
)


class RunFailedError(Exception):
    """The run fails here; `kind` is the class of error that corresponds to MediaPipe's status."""

    def __init__(self, kind: type[Exception]) -> None:
        super().__init__(kind.__name__)
        self.kind = kind


class Queue:
    """The packets that one consumer has not taken yet, and the bound of the stream."""

    def __init__(self) -> None:
        self.packets: deque[tuple[int, Any]] = deque()
        self.bound = PRESTREAM
        self.closed = False

    @property
    def head(self) -> int:
        return self.packets[0][0] if self.packets else self.bound

    def receive(self, packets: list[tuple[int, Any]], bound: int) -> None:
        if self.closed:
            return
        for t, value in packets:
            if t < self.bound:
                raise RunFailedError(ValueError)
            self.packets.append((t, value))
            self.bound = next_allowed(t)
        if bound != UNSET:
            if bound < self.bound:
                raise RunFailedError(RuntimeError)
            self.bound = bound

    def pop(self, t: int) -> tuple[int, Any]:
        found = None
        while self.packets and self.packets[0][0] <= t:
            at, value = self.packets.popleft()
            found = value if at == t else None
        if self.bound <= t:
            self.bound = next_allowed(t)
        return (t, found) if found is not None else self.show()

    def show(self) -> tuple[int, Any]:
        return previous_allowed(self.head), None


class Stream:
    """A stream: the consumers' queues, and everything ever sent, for the comparison."""

    def __init__(self) -> None:
        self.queues: list[Queue] = []
        self.bound = PRESTREAM
        self.sent: list[tuple[int, Any]] = []

    def send(self, packets: list[tuple[int, Any]], bound: int) -> None:
        self.sent += packets
        for t, _ in packets:
            self.bound = next_allowed(t)
        if bound != UNSET:
            self.bound = bound
        for queue in self.queues:
            queue.receive(packets, bound)


class Writer:
    """The outputs of one call of a step."""

    def __init__(self, count: int) -> None:
        self.packets: list[list[tuple[int, Any]]] = [[] for _ in range(count)]
        self.bounds = [UNSET] * count
        self.closed: set[int] = set()

    def emit(self, i: int, t: int, value: int) -> None:
        self.packets[i].append((t, value))

    def bound(self, i: int, t: int) -> None:
        self.bounds[i] = t

    def close(self, i: int) -> None:
        self.closed.add(i)


class Node:
    """One node: applies its handler's rule and does what that returns."""

    def __init__(self, plan: NodePlan, streams: dict[str, Stream]) -> None:
        self.plan = plan
        self.step = STEPS[plan.step](plan.parameter)
        self.queues = [Queue() for _ in plan.inputs]
        for name, queue in zip(plan.inputs, self.queues, strict=True):
            streams[name].queues.append(queue)
        self.outputs = [streams[name] for name in plan.outputs]
        self.ended: set[int] = set()
        self.closed = False
        self.batch: list[tuple[int, list[tuple[int, Any]]]] = []
        every = list(range(len(self.queues)))
        listed = [i for group in plan.groups for i in group]
        rest = [i for i in every if i not in listed]
        sets = {"Immediate": [[i] for i in every], "SyncSet": [*plan.groups, rest]}.get(plan.handler, [every])
        self.sets = [group for group in sets if group]
        self.last = [UNSTARTED] * len(self.sets)

    def move(self) -> bool:
        """Do one thing, if there is anything to do; return whether there was."""
        if self.closed or not self.queues:
            return False
        answer, t, inputs = getattr(self, "_" + self.plan.handler.lower(), self._sets)()
        if answer == "process":
            self.batch.append((t, inputs))
            if len(self.batch) == self.plan.batch:
                self._process()
            return True
        if answer == "close":
            if self.batch:
                self._process()
            else:
                self.end()
            return True
        return self._announce(self.batch[0][0] if self.batch else t)

    def _process(self) -> None:
        writer = Writer(len(self.outputs))
        first = self.batch[0][0]
        for t, inputs in self.batch:
            self.step.process(t, inputs, writer)
        self.batch = []
        self.send(writer, first)

    def end(self) -> None:
        """Close: emit the last packets, then end every output."""
        writer = Writer(len(self.outputs))
        if self.queues:
            self.step.close(writer)
        writer.closed.update(range(len(self.outputs)))
        self.closed = True
        for queue in self.queues:
            queue.closed = True
        self.send(writer, UNSTARTED)

    def send(self, writer: Writer, t: int) -> None:
        for i, stream in enumerate(self.outputs):
            if i in self.ended:
                continue
            packets, bound = writer.packets[i], writer.bounds[i]
            after = next_allowed(packets[-1][0]) if packets else UNSET
            offset = self.plan.offset
            if offset is not None and t != UNSTARTED and t + 1 + offset > max(after, stream.bound):
                bound = max(bound, t + 1 + offset)
            if i in writer.closed:
                self.ended.add(i)
                bound = DONE
            if packets or bound != UNSET:
                stream.send(packets, bound)

    def _announce(self, bound: int) -> bool:
        if self.plan.offset is None or not MIN <= bound <= MAX:
            return False
        moved = False
        for i, stream in enumerate(self.outputs):
            if i not in self.ended and bound + self.plan.offset > stream.bound:
                stream.send([], bound + self.plan.offset)
                moved = True
        return moved

    # The handlers' rules: ("process", t, inputs), ("close", _, _) or ("wait", bound, _)

    def _sets(self) -> tuple[str, int, Any]:
        """Default, Immediate and SyncSet: the set that is ready first, settled times for the others."""
        best: tuple[int, int] | None = None
        waits, done = DONE, 0
        for number, group in enumerate(self.sets):
            packet = min((self.queues[i].head for i in group if self.queues[i].packets), default=DONE)
            bound = min((self.queues[i].bound for i in group if not self.queues[i].packets), default=DONE)
            least = min(packet, bound)
            shows_end = self.plan.handler == "Immediate" and self.plan.bounds and self.last[number] < MAX
            if least >= ONE_OVER_POSTSTREAM and not shows_end:
                done += 1
                continue
            waits = min(waits, least)
            t = packet
            ready = bound > packet
            if self.plan.bounds:
                t = POSTSTREAM if packet == POSTSTREAM and ready else min(packet, previous_allowed(bound))
                ready = t > self.last[number]
            if ready and (best is None or t < best[0]):
                best = (t, number)
        if best is None:
            return ("close", DONE, None) if done == len(self.sets) else ("wait", waits, None)
        t, chosen = best
        inputs = [queue.show() for queue in self.queues]
        for i in self.sets[chosen]:
            inputs[i] = self.queues[i].pop(t)
        self.last[chosen] = t
        return "process", t, inputs

    def _barrier(self) -> tuple[str, int, Any]:
        if any(queue.bound == DONE and not queue.packets for queue in self.queues):
            return "close", DONE, None
        t = min(queue.head for queue in self.queues)
        if not all(queue.packets for queue in self.queues):
            return "wait", t, None
        return "process", t, [queue.packets.popleft() for queue in self.queues]

    def _mux(self) -> tuple[str, int, Any]:
        *data, control = self.queues
        t = control.head
        for queue in data:
            while queue.packets and queue.packets[0][0] < t:
                queue.packets.popleft()
        if not control.packets:
            return ("close" if control.bound == DONE else "wait"), t, None
        chosen = control.packets[0][1]
        if not data[chosen].packets and data[chosen].bound <= t:
            return "wait", t, None
        inputs: list[tuple[int, Any]] = [(UNSTARTED, None) for _ in self.queues]
        inputs[chosen], inputs[-1] = data[chosen].pop(t), control.pop(t)
        for queue in data:
            while queue.packets and queue.packets[0][0] <= t:
                queue.packets.popleft()
        return "process", t, inputs


class Reference:
    """One run of a planned graph."""

    def __init__(self, plan: GraphPlan) -> None:
        self.plan = plan
        self.streams = {name: Stream() for name in plan.streams}
        self.nodes = [Node(node, self.streams) for node in plan.nodes]
        for stream in self.streams.values():
            stream.queues.append(Queue())  # An observer's queue, which refuses what any consumer would.
        self._settle()

    def feed(self, event: Event) -> None:
        """Process one event and everything that follows from it."""
        kind, name, t, value = event
        stream = self.streams[name]
        if kind == "packet":
            stream.send([(t, value)], UNSET)
        else:
            stream.send([], DONE if kind == "close" else next_allowed(t))
        self._settle()

    def finish(self) -> None:
        """Close all inputs and run to the end."""
        for name in self.plan.inputs:
            if self.streams[name].bound != DONE:
                self.streams[name].send([], DONE)
        self._settle()

    def settled(self, name: str) -> int:
        """The settled time that an observer with bounds has received."""
        return previous_allowed(self.streams[name].bound)

    def _settle(self) -> None:
        while any(node.move() for node in reversed(self.nodes)) or self._source():
            pass

    def _source(self) -> bool:
        waiting = [node for node in self.nodes if not node.queues and not node.closed]
        layer = min((node.plan.layer for node in waiting), default=0)
        ready = [node for node in waiting if node.plan.layer == layer]
        if not ready:
            return False
        node = min(ready, key=lambda node: node.outputs[0].bound)
        writer = Writer(1)
        assert isinstance(node.step, Source)
        if node.step.next(writer):
            node.send(writer, UNSTARTED)
        else:
            node.end()
        return True
