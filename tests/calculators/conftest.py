"""Running small graphs."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import mpgraph.calculators
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework import packet as packets
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.tags import TagMap
from mpgraph.graph.calculator_graph import CalculatorGraph

assert mpgraph.calculators.AREAS

Event = tuple[str, int, Any]
"""A stream's name, a timestamp, and a value, a Packet, or None to announce the bound after the time."""

Run = Callable[..., dict[str, list[tuple[int, Any]]]]

Array = npt.NDArray[Any]


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

    for name in TagMap(graph.model.config.output_stream).names:
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
        graph.abandon()
    return seen


@pytest.fixture(scope="session")
def run() -> Run:
    """`run(text, events, side_packets)`: what comes out of the graph's output streams, by stream.

    Each event is handled to the end before the next one. `bounds` shows settled times without a
    packet as (t, None); `close=False` stops after the last event.
    """
    return _run


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without wgpu, which Python 3.10 has none of, leave out what computes on the GPU."""
    if importlib.util.find_spec("wgpu") is not None:
        return
    out = [item for item in items if "on_gpu" in getattr(item, "fixturenames", ())]
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)


@pytest.fixture(scope="session")
def on_gpu() -> Callable[[Array], GpuBuffer]:
    """`on_gpu(pixels)`: a picture on the GPU."""
    from mpgraph import gpu

    return lambda pixels: gpu.upload(ImageFrame.wrap(pixels))


@pytest.fixture(scope="session")
def natural() -> Callable[[int, int], Array]:
    """`natural(rows, columns)`: RGBA with neighbours as alike as in photographs.

    In noise a place that is 1e-5 of a pixel off, which float32 allows, rounds one value in 200 otherwise.
    """

    def made(rows: int, columns: int) -> Array:
        noise = np.random.default_rng(rows).integers(0, 256, (rows, columns, 4), np.uint8)
        return cv2.GaussianBlur(noise, (0, 0), 3)

    return made


def _bilinear(picture: Array, x: Array, y: Array) -> Array:
    height, width = picture.shape[:2]
    left, top = np.floor(x - 0.5), np.floor(y - 0.5)
    across, down = x - 0.5 - left, y - 0.5 - top

    def texels(dx: int, dy: int) -> Array:
        column = np.clip(left + dx, 0, width - 1).astype(int)
        row = np.clip(top + dy, 0, height - 1).astype(int)
        return picture[np.broadcast_arrays(row, column)[0], np.broadcast_arrays(row, column)[1]]

    def weights(values: Array) -> Array:
        return values[..., None] if picture.ndim == 3 else values

    above = texels(0, 0) * weights(1 - across) + texels(1, 0) * weights(across)
    below = texels(0, 1) * weights(1 - across) + texels(1, 1) * weights(across)
    return above * weights(1 - down) + below * weights(down)


@pytest.fixture(scope="session")
def bilinear() -> Callable[[Array, Array, Array], Array]:
    """`bilinear(picture, x, y)`: what is at places in pixels, whose middles are at halves, in float64.

    x and y broadcast to the result's height and width; beyond the edges these are repeated.
    """
    return lambda picture, x, y: _bilinear(picture.astype(np.float64), np.asarray(x), np.asarray(y))


@pytest.fixture(scope="session")
def same_greys() -> Callable[[Array, Array], bool]:
    """`same_greys(bytes, expected)`: whether all but one value in 1000, off by one, are `expected`."""

    def same(actual: Array, expected: Array) -> bool:
        off = np.abs(actual.astype(int) - np.floor(np.clip(expected, 0, 255) + 0.5).astype(int))
        return bool(off.max() <= 1 and np.count_nonzero(off) <= max(off.size / 1000, 1))

    return same
