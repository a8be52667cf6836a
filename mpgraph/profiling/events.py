"""The recorded events: plain tuples, since objects would cost more than what is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Emitted: TypeAlias = "int | tuple[tuple[int, int], ...]"
"""What a call sent: bit i is set when output i got one packet, at the call's own time, and nothing else
happened; in any other case the (output, time) of each packet. -1 when the call raised."""

Call: TypeAlias = "tuple[int, int, int, int, int, int, int | tuple[int, ...], Emitted]"
"""One call of a calculator: start and end in ns of `perf_counter_ns`, node id, input time, thread, which
inputs had a packet (bit i for input i), how many packets wait at the input (or at each), and what it sent.

The input time is UNSTARTED for `open` and DONE for `close`; for a source it is 0.
"""

CALL_FIELDS = 8

Arrival: TypeAlias = "tuple[int, int, int, int]"
"""One packet that entered the graph, from outside or a source: ns, stream (its position in the model), time,
thread."""

Throttling: TypeAlias = "tuple[int, int, int, bool]"
"""An input queue that became full or ceased to be: ns, node id, position of its input, full."""

Drop: TypeAlias = "tuple[int, int, str, int, str]"
"""A packet that will not be processed: ns, node id, stream, time, reason."""

Gap: TypeAlias = "tuple[int, int]"
"""A span left out to keep the cost low: start and end in ns."""

RAISED = -1


@dataclass
class Batch:
    """Events by type, in the order in which they were recorded.

    flat_calls: the fields of each call one after another; `calls` makes them into tuples.
    """

    flat_calls: list[Any] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    throttlings: list[Throttling] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def drop_calls(self, count: int) -> None:
        """Remove the oldest calls, and the arrivals before the first call that stays."""
        del self.flat_calls[: count * CALL_FIELDS]
        first = self.flat_calls[0] if self.flat_calls else 0
        times = {self.flat_calls[3]} if self.flat_calls else set()
        self.arrivals = [event for event in self.arrivals if event[0] >= first or event[2] in times]

    @property
    def calls(self) -> list[Call]:
        """The calls as tuples, computed on each access."""
        return calls_of(self.flat_calls)

    def add(self, later: Batch) -> None:
        """Append the events of the next batch."""
        self.flat_calls += later.flat_calls
        self.arrivals += later.arrivals
        self.throttlings += later.throttlings
        self.drops += later.drops
        self.gaps += later.gaps


def calls_of(flat: list[Any]) -> list[Call]:
    """Split a flat list of fields into calls."""
    return list(zip(*[iter(flat)] * CALL_FIELDS, strict=True))


def positions(mask: int) -> list[int]:
    """Return the positions of the bits that are set, least first."""
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def packets_sent(call: Call) -> list[tuple[int, int]]:
    """Return the (output, time) of each packet that a call sent."""
    emitted = call[7]
    if isinstance(emitted, tuple):
        return list(emitted)
    return [(i, call[3]) for i in positions(emitted)] if emitted > 0 else []
