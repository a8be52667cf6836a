"""The transcript of a test: what it sent and what came, and the table of a failed expectation."""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.testing.matching import MAX_WIDTH, packet_mismatch, show
from mpgraph.testing.stamps import Timed

MAX_LINES = 40
"""How many lines of a transcript a message shows, the last ones."""


class Transcript:
    """The conversation between a test and its graph so far, one line for each packet, bound or error."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str, str, str]] = []

    def sent(self, port: str, what: str, line: str) -> None:
        """Add a step of the test at `line`, the `file:line` of its call."""
        self._lines.append(("sent", port, what, line))

    def came(self, port: str, packet: Packet) -> None:
        """Add a packet of an output."""
        self._lines.append(("came", port, as_written(packet), ""))

    def failed(self, error: BaseException) -> None:
        """Add an error of the run, its first line only."""
        first = str(error).split("\n", 1)[0]
        shown = first if len(first) <= MAX_WIDTH else first[:MAX_WIDTH] + "..."
        self._lines.append(("failed", type(error).__name__, shown, ""))

    def __str__(self) -> str:
        shown = self._lines[-MAX_LINES:]
        text = _aligned(shown)
        if len(self._lines) > len(shown):
            text.insert(0, f"  ... {len(self._lines) - len(shown)} lines before ...")
        return "\n".join(["So far:", *(text or ["  (nothing was sent, nothing came)"])])


def as_written(packet: Packet) -> str:
    """Describe a packet as a test would write it, such as `'x' @ 10`."""
    return f"{show(packet.payload)} @ {ts.name(packet._t)}"


def as_sent(timed: Timed | object) -> str:
    """Describe what a test sends or expects, such as `'x' @ 10`."""
    if not isinstance(timed, Timed):
        return f"{show(timed)} @ any time"
    value = timed.value.payload if isinstance(timed.value, Packet) else timed.value
    return f"{show(value)} @ {ts.name(timed.time)}"


def comparison(
    expected: Sequence[Timed | object], got: Sequence[Packet], tolerance: float
) -> tuple[bool, list[str]]:
    """Return whether packets are as expected, and the lines of a table that shows where they differ.

    expected: values with a time, or values for which any time will do.
    """
    rows = [("", "expected", "got", "")]
    pairs = [(wanted, got[index] if index < len(got) else None) for index, wanted in enumerate(expected)]
    reasons = [_difference(wanted, packet, tolerance) for wanted, packet in pairs]
    wrong = [packet for (_, packet), why in zip(pairs, reasons, strict=True) if why is not None]
    unmatched = [packet for packet in wrong if packet is not None]
    for index, ((wanted, packet), why) in enumerate(zip(pairs, reasons, strict=True)):
        if why is not None:
            others = [other for other in unmatched if other is not packet]
            why = "<- " + why + _elsewhere(wanted, others, tolerance)
        got_text = as_written(packet) if packet is not None else "(nothing)"
        number = str(index + 1).rjust(len(str(len(expected))))
        rows.append((number, as_sent(wanted), got_text, why or ""))
    return not wrong, _aligned(rows)


def _aligned(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    a, b, c = (max((len(row[column]) for row in rows), default=0) for column in range(3))
    return [f"  {row[0]:{a}}  {row[1]:{b}}  {row[2]:{c}}  {row[3]}".rstrip() for row in rows]


def _difference(wanted: Timed | object, packet: Packet | None, tolerance: float) -> str | None:
    if packet is None:
        return "it did not come"
    why = packet_mismatch(wanted.value if isinstance(wanted, Timed) else wanted, packet, tolerance)
    if isinstance(wanted, Timed) and wanted.time != packet._t:
        late = f"at {ts.name(packet._t)}, not {ts.name(wanted.time)}"
        return late if why is None else f"{late}; {why}"
    return why


def _elsewhere(wanted: Timed | object, others: Sequence[Packet], tolerance: float) -> str:
    """Describe where the expected packet came instead, or its value; "" if nowhere."""
    for packet in others:
        if _difference(wanted, packet, tolerance) is None:
            return "; it came at another position in the order"
    for packet in others:
        if isinstance(wanted, Timed) and packet_mismatch(wanted.value, packet, tolerance) is None:
            return f"; the same value came at {ts.name(packet._t)}"
    return ""
