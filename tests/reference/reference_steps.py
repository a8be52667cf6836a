"""The steps of random graphs: what a node computes, independent of how it is scheduled.

A step receives a time, the state of each input (its settled time and a value or None), and an `Out` to
write to. Its packets depend only on the packets of its inputs, never on when they arrive, so every
order of events must give the same streams.
"""

from __future__ import annotations

from typing import Any, Protocol

from mpgraph.framework.timestamp import MAX, next_allowed

Inputs = list[tuple[int, Any]]


class Out(Protocol):
    """The outputs that a step writes to; `i` is a position."""

    def emit(self, i: int, t: int, value: int) -> None: ...

    def bound(self, i: int, t: int) -> None: ...

    def close(self, i: int) -> None: ...


class Step:
    """Forwards each input to the output at the same position."""

    def __init__(self, parameter: int) -> None:
        self.parameter = parameter

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        for i, (_, value) in enumerate(inputs):
            if value is not None:
                out.emit(i, t, value)

    def close(self, out: Out) -> None: ...


class Add(Step):
    """Emits the sum of the inputs that have a packet."""

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        values = [value for _, value in inputs if value is not None]
        if values:
            out.emit(0, t, sum(values) + len(values))


class Drop(Step):
    """Drops some values."""

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        for _, value in inputs:
            if value is not None and value % (self.parameter + 2):
                out.emit(0, t, value)


class Shift(Step):
    """Moves packets in time by the parameter."""

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        out.emit(0, t + self.parameter, inputs[0][1])


class Delay(Step):
    """Emits the previous value."""

    last: int | None = None

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        if self.last is not None:
            out.emit(0, t, self.last)
        self.last = inputs[0][1]


class Total(Step):
    """Keeps a running sum of everything."""

    total = 0

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        self.total += sum(value for _, value in inputs if value is not None)
        out.emit(0, t, self.total)


class Split(Step):
    """Sends odd values to one output and even values to the other."""

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        value = inputs[0][1]
        out.emit(value % 2, t, value)


class Promise(Step):
    """Drops every other value but sets the bound itself."""

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        if inputs[0][1] % 2:
            out.emit(0, t, inputs[0][1])
        else:
            out.bound(0, t + 1)


class Closer(Step):
    """Ends its output after some packets."""

    count = 0

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        self.count += 1
        if self.count <= self.parameter:
            out.emit(0, t, inputs[0][1])
        if self.count == self.parameter:
            out.close(0)


class Flush(Step):
    """Counts packets, and emits the count when its inputs have ended."""

    count = last = 0

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        self.count, self.last = self.count + 1, t

    def close(self, out: Out) -> None:
        out.emit(0, self.last + 1, self.count)


class Relay(Step):
    """Forwards packets and settled times of each stream separately; for handlers that do not synchronize."""

    def __init__(self, parameter: int) -> None:
        super().__init__(parameter)
        self.settled: dict[int, int] = {}

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        for i, (at, value) in enumerate(inputs):
            if value is not None:
                out.emit(i, at, value)
            elif 0 <= at < MAX and at > self.settled.get(i, -1):
                out.bound(i, at + 1)
            if 0 <= at < MAX:
                self.settled[i] = max(at, self.settled.get(i, -1))


class Pairs(Step):
    """Emits what a barrier joins, at increasing times."""

    count = 0

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        self.count += 1
        out.emit(0, self.count, sum(value for _, value in inputs))


class Select(Step):
    """Emits a control stream: values below the parameter."""

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        out.emit(0, t, inputs[0][1] % self.parameter)


class Chosen(Step):
    """Forwards what a mux selected: the only data input that has a packet."""

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        for _, value in inputs[:-1]:
            if value is not None:
                out.emit(0, t, value)


class Loop(Step):
    """Emits at each main packet what the loop had at the previous main packet (a PreviousLoopback)."""

    def __init__(self, parameter: int) -> None:
        super().__init__(parameter)
        self.mains: list[tuple[int, int | None]] = []
        self.loops: list[tuple[int, Any]] = []
        self.seen = [-1, -1]
        self.last_packet = -1

    def process(self, t: int, inputs: Inputs, out: Out) -> None:
        (main_t, main), (loop_t, loop) = inputs
        if main_t > self.seen[0]:
            self.seen[0] = main_t
            self.mains.append((main_t, None if main is None else self.last_packet))
            if main is not None:
                self.last_packet = main_t
        if loop_t > self.seen[1]:
            self.seen[1] = loop_t
            self.loops.append((loop_t, loop))
        while self.mains:
            at, wanted = self.mains[0]
            if wanted is not None and wanted >= 0:
                while self.loops and self.loops[0][0] < wanted:
                    self.loops.pop(0)
                if not self.loops:
                    return
                if self.loops[0] == (wanted, self.loops[0][1]) and self.loops[0][1] is not None:
                    out.emit(0, at, self.loops[0][1])
                else:
                    out.bound(0, min(next_allowed(at), MAX))
            else:
                out.bound(0, min(next_allowed(at), MAX))
            self.mains.pop(0)
            if at == MAX:
                out.close(0)
                self.mains.clear()


class Source(Step):
    """Generates packets; `next` is called until it returns False."""

    count = 0

    def next(self, out: Out) -> bool:
        if self.count >= self.parameter:
            return False
        out.emit(0, self.count * 3, self.count)
        self.count += 1
        return True


STEPS: dict[str, type[Step]] = {cls.__name__: cls for cls in (Step, *Step.__subclasses__())}
