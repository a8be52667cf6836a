"""Calculators with `async def` methods: one event loop a run, which the graph does not wait for."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.testing import run, t

GRAPH = """
input_stream: "a"
output_stream: "b"
node {{ calculator: "{name}" input_stream: "a" output_stream: "b" {more} }}
node {{ calculator: "PassThroughCalculator" input_stream: "a" output_stream: "beside" }}
"""


def started(name: str, more: str = "") -> tuple[mp.CalculatorGraph, list[Any], list[Any]]:
    """A running graph with the calculator `name`, and what its outputs "b" and "beside" carried."""
    graph = mp.CalculatorGraph(graph_config=GRAPH.format(name=name, more=more))
    results: list[Any] = []
    beside: list[Any] = []
    graph.observe_output_stream(
        "b", lambda _, packet: results.append((packet.timestamp.value, packet.payload))
    )
    graph.observe_output_stream("beside", lambda _, packet: beside.append(packet.payload))
    graph.start_run()
    return graph, results, beside


def add(graph: mp.CalculatorGraph, *values: int) -> None:
    for value in values:
        graph.add_packet_to_input_stream("a", mp.make_packet(value).at(value))


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@mp.register("CoroutineGates")
class Gates(mp.Calculator):
    """Lets each input pass once `release(value)` was called; with `entered` one can wait for a call."""

    a = mp.Input("")
    b = mp.Output("")
    closed_on: str = ""
    opened: queue.SimpleQueue[Gates] = queue.SimpleQueue()

    async def open(self, cc: mp.CalculatorContext) -> None:
        self.events = {value: asyncio.Event() for value in range(8)}
        self.loop = asyncio.get_running_loop()
        self.entered = {value: threading.Event() for value in range(8)}
        self.cancelled: list[int] = []
        Gates.opened.put(self)

    async def process(self, cc: mp.CalculatorContext) -> int:
        value = cc[self.a]
        self.entered[value].set()
        try:
            await self.events[value].wait()
        except asyncio.CancelledError:
            self.cancelled.append(value)
            raise
        return int(10 * value)

    async def close(self, cc: mp.CalculatorContext) -> None:
        await asyncio.sleep(0)
        self.closed_on = threading.current_thread().name

    def release(self, value: int) -> None:
        self.loop.call_soon_threadsafe(self.events[value].set)


def opened() -> Gates:
    """The calculator of the graph that was started."""
    return Gates.opened.get(timeout=10)


def test_the_graph_goes_on_while_a_call_awaits() -> None:
    graph, results, beside = started("CoroutineGates")
    with graph:
        gate = opened()
        add(graph, 1, 2)
        while len(beside) < 2:
            graph.wait_for_observed_output(timeout=10)
        assert results == []
        gate.release(1)
        gate.release(2)
    assert results == [(1, 10), (2, 20)]
    assert gate.closed_on == "mpgraph-event-loop"


def test_calls_up_to_max_in_flight_await_at_once_and_send_in_order() -> None:
    graph, results, _ = started("CoroutineGates", "max_in_flight: 3")
    with graph:
        add(graph, 1, 2, 3)
        gate = opened()
        assert all(gate.entered[value].wait(10) for value in (1, 2, 3))
        for value in (3, 2, 1):
            gate.release(value)
    assert results == [(1, 10), (2, 20), (3, 30)]


def test_without_max_in_flight_one_call_at_a_time() -> None:
    graph, results, _ = started("CoroutineGates")
    with graph:
        add(graph, 1, 2)
        gate = opened()
        assert gate.entered[1].wait(10)
        assert not gate.entered[2].wait(0.05)
        gate.release(1)
        assert gate.entered[2].wait(10)
        gate.release(2)
    assert [t for t, _ in results] == [1, 2]


def test_cancel_reaches_what_awaits_and_the_node_is_closed() -> None:
    graph, results, _ = started("CoroutineGates", "max_in_flight: 2")
    add(graph, 1, 2)
    gate = opened()
    assert gate.entered[2].wait(10)
    graph.cancel()
    with pytest.raises(mp.errors.CancelledError) as caught:
        graph.wait_until_done(timeout=10)
    assert "awaited" not in str(caught.value)  # A consequence of the cancel, not one more error.
    assert sorted(gate.cancelled) == [1, 2]
    assert gate.closed_on
    assert results == []


def test_leaving_the_with_block_by_an_error_cancels() -> None:
    graph, _, _ = started("CoroutineGates")
    add(graph, 1)
    gate = opened()
    assert gate.entered[1].wait(10)
    with pytest.raises(KeyError), graph:
        raise KeyError
    assert gate.cancelled == [1]


def test_a_paused_graph_starts_no_call() -> None:
    graph, results, _ = started("CoroutineGates")
    graph.wait_until_idle(timeout=10)
    gate = opened()
    with graph:
        graph.pause()
        add(graph, 1)
        assert not gate.entered[1].wait(0.05)
        graph.resume()
        assert gate.entered[1].wait(10)
        gate.release(1)
    assert results == [(1, 10)]


def test_an_error_names_the_node_and_the_line_after_the_await() -> None:
    @mp.calculator
    async def fails_late(x: int, /) -> int:
        await asyncio.sleep(0)
        raise ValueError("too late")

    graph, _, _ = started("FailsLateCalculator")
    add(graph, 1)
    with pytest.raises(mp.errors.MpgraphError, match=r"FailsLateCalculator.*too late.*test_cor") as e:
        graph.close()
    cause = e.value.__cause__
    while cause is not None and not isinstance(cause, ValueError):
        cause = cause.__cause__
    assert cause is not None
    names = []
    trace = cause.__traceback__
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert names[-1] == "fails_late"


def test_a_call_that_waits_for_its_own_graph_is_refused() -> None:
    graphs: list[mp.CalculatorGraph] = []

    @mp.calculator
    async def waits_for_itself(x: int, /) -> int:
        graphs[0].wait_until_idle()
        return x

    graph, _, _ = started("WaitsForItselfCalculator")
    graphs.append(graph)
    with pytest.raises(mp.errors.MpgraphError, match="would wait for itself"), graph:
        add(graph, 1)


def test_asynchronous_generator_is_a_source_and_is_closed() -> None:
    ended = []

    @mp.calculator
    async def async_numbers() -> AsyncIterator[int]:
        try:
            for number in range(1000):
                await asyncio.sleep(0)
                yield number
        finally:
            ended.append(True)

    graph = mp.CalculatorGraph(
        graph_config='node { calculator: "AsyncNumbersCalculator" output_stream: "n" }'
    )
    numbers: list[int] = []

    def observe(_: str, packet: mp.Packet) -> None:
        numbers.append(packet.payload)
        if len(numbers) == 5:
            graph.close_all_packet_sources()

    graph.observe_output_stream("n", observe)
    graph.start_run()
    graph.wait_until_done(timeout=10)
    assert numbers[:5] == [0, 1, 2, 3, 4]
    assert len(numbers) < 1000
    assert ended == [True]


def test_side_packets_and_optional_inputs_of_async_functions() -> None:
    @mp.calculator
    async def async_scale() -> mp.SidePacket[int]:
        await asyncio.sleep(0)
        return 3

    @mp.calculator
    async def async_scaled(x: int, y: int | None = None, *, scale: mp.SidePacket[int]) -> int | None:
        await asyncio.sleep(0)
        return None if x == 2 else x * scale + (y or 0)

    text = """
        input_stream: "x"
        output_stream: "z"
        node { calculator: "AsyncScaleCalculator" output_side_packet: "s" }
        node {
          calculator: "AsyncScaledCalculator"
          input_stream: "X:x" input_side_packet: "SCALE:s" output_stream: "z"
        }
    """
    run(text).send("x", 1 @ t(1), 2 @ t(2), 3 @ t(3)).expect("z", 3 @ t(1), 9 @ t(3)).finish()


def test_traces_have_the_time_from_the_call_to_its_end() -> None:
    @mp.calculator
    async def sleeps_a_while(x: int, /) -> int:
        await asyncio.sleep(0.05)
        return x

    graph, _, _ = started("SleepsAWhileCalculator")
    graph.statistics()
    with graph:
        add(graph, 1, 2)
        graph.wait_until_idle()
        node = next(each for each in graph.statistics().nodes if each.name == "SleepsAWhileCalculator")
    assert node.calls == 2
    assert node.mean >= 0.05
