"""Running small graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

import mpgraph.calculators
from mpgraph import packet as packets
from mpgraph.packet import Packet, make_packet
from mpgraph.runtime.graph import CalculatorGraph
from mpgraph.tags import TagMap

assert mpgraph.calculators.AREAS

Event = tuple[str, int, Any]
"""A stream's name, a timestamp, and a value, a Packet, or None to announce the bound after the time."""

Run = Callable[..., dict[str, list[tuple[int, Any]]]]


def _packet(value: Any, t: int) -> Packet:
    if value is None:
        return packets.empty(t)
    packet = value if isinstance(value, Packet) else make_packet(value)
    return packets.make(packet.payload, packet.type, t)


def _run(
    text: str,
    events: Sequence[Event] = (),
    side: Mapping[str, Any] | None = None,
    *,
    headers: Mapping[str, Any] | None = None,
    bounds: bool = False,
    close: bool = True,
) -> dict[str, list[tuple[int, Any]]]:
    graph = CalculatorGraph(graph_config=text)
    seen: dict[str, list[tuple[int, Any]]] = {}

    def observe(stream: str, packet: Packet) -> None:
        seen[stream].append((packet._t, packet.payload))

    for name in TagMap(graph._validated.model.config.output_stream).names:
        seen[name] = []
        graph.observe_output_stream(name, observe, bounds)
    given = {k: v if isinstance(v, Packet) else make_packet(v) for k, v in (side or {}).items()}
    graph.start_run(given, {name: make_packet(value) for name, value in (headers or {}).items()})
    try:
        for stream, t, value in events:
            graph.add_packet_to_input_stream(stream, _packet(value, t))
            graph.wait_until_idle()
        if close:
            graph.close_all_input_streams()
            graph.wait_until_done()
    finally:
        graph._abandon()
    return seen


@pytest.fixture(scope="session")
def run() -> Run:
    """`run(text, events, side_packets)`: what comes out of the graph's output streams, by stream.

    Each event is handled to the end before the next one. `bounds` shows settled times without a
    packet as (t, None); `close=False` stops after the last event.
    """
    return _run
