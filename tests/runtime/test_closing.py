"""Closing the nodes that a run has left open."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mpgraph.errors import CancelledError, DeadlineExceededError

GRAPH = """
    input_stream: "in"
    node { name: "first" calculator: "RtScript" input_stream: "in" output_stream: "out" }
    node { name: "second" calculator: "RtScript" input_stream: "out" output_stream: "end" }
"""


@pytest.fixture
def stuck(stage: Any) -> Any:
    """A cancelled graph whose node "second" closes when `release` is set; `closed` has the order."""
    closed: list[str] = []
    release = threading.Event()

    def close_slowly(cc: Any) -> None:
        release.wait(20)
        closed.append("second")

    play = stage(GRAPH, first={"close": lambda cc: closed.append("first")}, second={"close": close_slowly})
    play.start().idle().graph.cancel()
    play.release, play.closed = release, closed
    yield play
    release.set()


def test_waiting_with_a_timeout_names_the_node_whose_close_does_not_return(stuck: Any, watchdog: Any) -> None:
    def wait() -> None:
        for _ in range(2):  # The run is still there, and can be waited for again.
            with pytest.raises(
                DeadlineExceededError, match=r'0.05 s.(?s:.*)node "second" is in its close\(\)'
            ):
                stuck.graph.wait_until_done(timeout=0.05)

    watchdog(wait)
    assert stuck.closed == ["first"]
    stuck.release.set()
    with pytest.raises(CancelledError):
        stuck.graph.wait_until_done(timeout=20)
    assert stuck.closed == ["first", "second"]
    assert stuck.graph.explain() == "The graph has no run: call start_run()."


def test_close_waits_for_the_thread_that_closes_the_nodes(stuck: Any, watchdog: Any) -> None:
    with pytest.raises(DeadlineExceededError):
        stuck.graph.wait_until_done(timeout=0.05)
    closing = threading.Thread(target=close, args=[stuck.graph], daemon=True)
    closing.start()
    closing.join(0.1)
    assert closing.is_alive()
    stuck.release.set()
    watchdog(closing.join)
    assert stuck.closed == ["first", "second"]


def test_a_thread_that_waits_with_a_timeout_does_not_wait_for_another_that_closes(
    stuck: Any, watchdog: Any
) -> None:
    closing = threading.Thread(target=close, args=[stuck.graph], daemon=True)
    closing.start()
    watchdog(lambda: _until_closing(stuck.graph))
    with pytest.raises(DeadlineExceededError, match=r'node "second" is in its close\(\)'):
        watchdog(lambda: stuck.graph.wait_until_done(timeout=0.05))
    stuck.release.set()
    watchdog(closing.join)


def test_abandoning_does_not_wait_for_a_close_that_does_not_return(stuck: Any, watchdog: Any) -> None:
    with pytest.raises(DeadlineExceededError):
        stuck.graph.wait_until_done(timeout=0.05)
    watchdog(stuck.graph.abandon)
    assert stuck.closed == ["first"]


def close(graph: Any) -> None:
    with pytest.raises(CancelledError):
        graph.close()


def _until_closing(graph: Any) -> None:
    while "close()" not in graph.explain():
        threading.Event().wait(0.01)
