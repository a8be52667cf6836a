"""Threads that wait are woken up for what they wait for, and for nothing else."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from mpgraph.framework.packet import make_packet
from mpgraph.runtime.waiting import WaitingThreads

PATIENCE_S = 10.0


def until(condition: Any) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_thread_sleeps_until_its_condition_holds() -> None:
    waiting, happened, awake = WaitingThreads(), threading.Event(), threading.Event()

    def sleep() -> None:
        waiting.sleep_until(happened.is_set, None)
        awake.set()

    thread = threading.Thread(target=sleep)
    thread.start()
    until(lambda: waiting)
    for _ in range(100):
        waiting.notify()
    assert not awake.wait(0.02)
    happened.set()
    waiting.notify()
    thread.join(PATIENCE_S)
    assert awake.is_set() and not waiting


def test_sleep_ends_after_its_timeout_and_not_at_all_when_the_condition_holds() -> None:
    waiting = WaitingThreads()
    waiting.sleep_until(lambda: False, 0.01)
    waiting.sleep_until(lambda: True, None)
    assert not waiting


def test_no_change_is_slept_through() -> None:
    # The change may come at any moment of the other thread's falling asleep.
    waiting = WaitingThreads()
    for round_ in range(300):
        changed: list[None] = []
        thread = threading.Thread(target=waiting.sleep_until, args=(lambda c=changed: bool(c), None))
        thread.start()
        for _ in range(round_ % 30):
            waiting.notify()
        changed.append(None)
        waiting.notify()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_wait_for_idle_is_not_woken_up_by_packets_on_their_way(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Semaphore(0)
    text = """
      input_stream: "in" output_stream: "mid" output_stream: "out"
      node { name: "a" calculator: "RtBlocking" input_stream: "in" output_stream: "mid" }
      node { name: "b" calculator: "RtBlocking" input_stream: "mid" output_stream: "out" }
    """

    def held(cc: Any) -> None:
        assert go.acquire(timeout=PATIENCE_S)
        cc.outputs[0].add_packet(cc.packets[0])

    play = stage(text, a={"process": held}, b={"process": held}).start().idle()
    graph = play.graph
    waiting = graph.current_run.scheduler.waiting
    sleeps = []
    wait = threading.Condition.wait

    def counted(self: threading.Condition, timeout: float | None = None) -> bool:
        if threading.current_thread() is thread:
            sleeps.append(None)
        return wait(self, timeout)

    monkeypatch.setattr(threading.Condition, "wait", counted)
    thread = threading.Thread(target=graph.wait_until_idle)
    graph.add_packet_to_input_stream("in", make_packet(0, 0))
    until(lambda: play.called("a"))
    thread.start()
    until(lambda: waiting)
    go.release()
    until(lambda: play.seen["mid"] and play.called("b"))
    go.release()
    thread.join(PATIENCE_S)
    assert play.seen["out"] and len(sleeps) <= 2  # One, or two if an event was there for it to handle.
