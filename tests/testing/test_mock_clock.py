"""MockClock: advance() and autojump."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.errors import FailedPreconditionError, InvalidArgumentError
from mpgraph.testing import MockClock, run, t


class Ticker(mp.Calculator):
    """A source that emits a number every second of the clock, `count` times."""

    out = mp.Output("TICK", int)
    count = mp.SideInput("COUNT", int)

    def open(self, cc: mp.CalculatorContext) -> None:
        self.next = 0

    def process(self, cc: mp.CalculatorContext) -> Any:
        if self.next == cc[self.count]:
            return mp.STOP
        cc.clock.sleep_until((self.next + 1) * 1_000_000)
        cc.emit(self.out, self.next, cc.clock.now_us())
        self.next += 1
        return None


class Stamp(mp.Calculator):
    """Emits the clock's time for each input; may sleep before."""

    data = mp.Input("IN", int)
    out = mp.Output("NOW", int)

    def process(self, cc: mp.CalculatorContext) -> int:
        if cc[self.data]:
            cc.clock.sleep_until(cc.clock.now_us() + cc[self.data])
        return cc.clock.now_us()


class SlowStamp(Stamp):
    blocking = True


def test_clock_is_constant_until_it_is_advanced() -> None:
    clock = MockClock(5)
    stamp = run(Stamp, clock=clock).send("IN", 0 @ t(0)).expect("NOW", 5 @ t(0))
    clock.advance(1)
    stamp.send("IN", 0 @ t(1)).expect("NOW", 1_000_005 @ t(1))
    stamp.advance(us=10).send("IN", 0 @ t(2)).expect("NOW", 1_000_015 @ t(2)).finish()


def test_source_waits_for_the_clock() -> None:
    ticker = run(Ticker, side={"COUNT": 3}, clock=MockClock()).expect_nothing()
    ticker.advance(0.5).expect_nothing().advance(0.5).expect("TICK", 0 @ t(1_000_000))
    ticker.advance(2).expect("TICK", 1 @ t(2_000_000), 2 @ t(3_000_000)).close().expect_closed().finish()


def test_closing_a_graph_lets_sleeping_calculators_finish_at_once() -> None:
    run(Ticker, side={"COUNT": 3}, clock=MockClock()).close().expect("TICK", 0 @ t(1_000_000)).finish()
    slow = run(SlowStamp, clock=MockClock()).send("IN", 10 @ t(0)).expect_nothing()
    slow.close().expect("NOW", 10 @ t(0)).finish()


def test_autojump_skips_waiting() -> None:
    clock = MockClock(autojump=True)
    ticks = run(Ticker, side={"COUNT": 200}, clock=clock).take("TICK")
    assert [tick.timestamp.value for tick in ticks] == [n * 1_000_000 for n in range(1, 201)]
    assert clock.now_us() == 200_000_000


def test_sleepers_wake_up_in_order() -> None:
    graph = """
        input_side_packet: "count"  output_stream: "a"  output_stream: "b"
        node { calculator: "TickerForTests" input_side_packet: "COUNT:count" output_stream: "TICK:a" }
        node { calculator: "TickerForTests" input_side_packet: "COUNT:count" output_stream: "TICK:b" }
    """
    mp.register("TickerForTests")(Ticker)
    both = run(graph, side={"count": 20}, clock=MockClock(autojump=True))
    for stream in ("a", "b"):
        assert [one.timestamp.value for one in both.take(stream)] == [n * 1_000_000 for n in range(1, 21)]
    both.finish()


def test_inline_node_must_not_sleep() -> None:
    run(Stamp, clock=MockClock()).send("IN", 5 @ t(0)).expect_error("must set blocking = True").finish()


def test_application_threads_may_sleep() -> None:
    clock = MockClock()
    woken = threading.Event()

    def sleep() -> None:
        clock.sleep_until(10)
        woken.set()

    thread = threading.Thread(target=sleep)
    thread.start()
    assert not woken.is_set()
    clock.advance(us=10)
    thread.join(20)
    assert woken.is_set()
    MockClock(autojump=True).sleep_until(10**12)
    MockClock(rate=1e9).sleep_until(10**6)


def test_clock_does_not_go_back() -> None:
    with pytest.raises(InvalidArgumentError, match="cannot go back"):
        MockClock(rate=-1)
    with pytest.raises(InvalidArgumentError, match="cannot go back"):
        MockClock().advance(-1)
    with pytest.raises(InvalidArgumentError, match="give one to run"):
        run(Stamp).advance(1)
    with mp.CalculatorGraph(graph_config="input_stream: 'a'") as graph:
        graph.start_run()
        with pytest.raises(FailedPreconditionError, match="before start_run"):
            graph.set_clock(MockClock())
