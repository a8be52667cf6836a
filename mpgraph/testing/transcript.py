"""What was said between a test and what it tests, and the messages of failed expectations."""

from __future__ import annotations

import os
from collections.abc import Sequence

from mpgraph.framework import timestamp as ts
from mpgraph.framework.packet import Packet
from mpgraph.framework.user_code import caller_location
from mpgraph.testing.matching import mismatch
from mpgraph.testing.showing import MAX_WIDTH, show
from mpgraph.testing.stamps import Timed

MAX_LINES = 40
"""How much of a long conversation a message shows; the end counts."""


def calling_place() -> str:
    """`file:line` of the innermost caller outside of mpgraph."""
    place = caller_location()
    try:
        shown = os.path.relpath(place.file)
    except ValueError:  # On another drive.
        shown = place.file
    return f"{place.file if shown.startswith('..') else shown}:{place.line}"


class Transcript:
    """The conversation so far, a line for each thing said."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str, str, str]] = []

    def sent(self, port: str, what: str, place: str) -> None:
        """Note what the test did."""
        self._lines.append(("sent", port, what, place))

    def came(self, port: str, packet: Packet) -> None:
        """Note what came out."""
        self._lines.append(("came", port, spoken(packet), ""))

    def failed(self, error: BaseException) -> None:
        """Note that the graph failed."""
        first = str(error).split("\n", 1)[0]
        shown = first if len(first) <= MAX_WIDTH else first[:MAX_WIDTH] + "..."
        self._lines.append(("failed", type(error).__name__, shown, ""))

    def __str__(self) -> str:
        shown = self._lines[-MAX_LINES:]
        widths = [max((len(line[column]) for line in shown), default=0) for column in range(3)]
        text = [
            f"  {verb:{widths[0]}}  {port:{widths[1]}}  {what:{widths[2]}}  {place}".rstrip()
            for verb, port, what, place in shown
        ]
        if len(self._lines) > len(shown):
            text.insert(0, f"  ... {len(self._lines) - len(shown)} lines before ...")
        return "\n".join(["So far:", *(text or ["  (nothing was sent, nothing came)"])])


def spoken(packet: Packet) -> str:
    """A packet as a test would write it."""
    return f"{show(packet.payload)} @ {ts.name(packet._t)}"


def comparison(
    expected: Sequence[Timed | object], got: Sequence[Packet], tolerance: float
) -> tuple[bool, list[str]]:
    """Whether packets are as expected, and a table of both that says where they differ.

    expected: values with a time, or values that may come at any time.
    """
    rows = [("", "expected", "got", "")]
    pairs = [(wanted, got[index] if index < len(got) else None) for index, wanted in enumerate(expected)]
    reasons = [_difference(wanted, packet, tolerance) for wanted, packet in pairs]
    wrong = [packet for (_, packet), why in zip(pairs, reasons, strict=True) if why is not None]
    astray = [packet for packet in wrong if packet is not None]
    for index, ((wanted, packet), why) in enumerate(zip(pairs, reasons, strict=True)):
        if why is not None:
            others = [other for other in astray if other is not packet]
            why = "<- " + why + _elsewhere(wanted, others, tolerance)
        rows.append(
            (
                str(index + 1),
                _wanted(wanted),
                spoken(packet) if packet is not None else "(nothing)",
                why or "",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = [
        f"  {row[0]:>{widths[0]}}  {row[1]:{widths[1]}}  {row[2]:{widths[2]}}  {row[3]}".rstrip()
        for row in rows
    ]
    return not wrong, table


def _wanted(wanted: Timed | object) -> str:
    if not isinstance(wanted, Timed):
        return f"{show(wanted)} @ any time"
    value = wanted.value.payload if isinstance(wanted.value, Packet) else wanted.value
    return f"{show(value)} @ {ts.name(wanted.time)}"


def _difference(wanted: Timed | object, packet: Packet | None, tolerance: float) -> str | None:
    if packet is None:
        return "it did not come"
    value = wanted.value if isinstance(wanted, Timed) else wanted
    why = mismatch(value, packet.payload, tolerance)
    if isinstance(value, Packet) and why is None and value.type is not packet.type:
        why = f"its type is {packet.type}, not {value.type}"
    if isinstance(wanted, Timed) and wanted.time != packet._t:
        late = f"at {ts.name(packet._t)}, not {ts.name(wanted.time)}"
        return late if why is None else f"{late}; {why}"
    return why


def _elsewhere(wanted: Timed | object, others: Sequence[Packet], tolerance: float) -> str:
    """Where the very thing came instead, if it did."""
    for packet in others:
        if _difference(wanted, packet, tolerance) is None:
            return "; it came at another place in the order"
    value = wanted.value if isinstance(wanted, Timed) else wanted
    for packet in others:
        if isinstance(wanted, Timed) and mismatch(value, packet.payload, tolerance) is None:
            return f"; the same value came at {ts.name(packet._t)}"
    return ""
