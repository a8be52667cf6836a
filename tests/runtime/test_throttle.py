"""Full queues throttle what feeds them; deadlocks are broken or reported."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from mpgraph.errors import UnavailableError
from mpgraph.runtime.graph_input_stream import GraphInputStreamAddMode

JOIN = """
  input_stream: "x" input_stream: "y" output_stream: "out" max_queue_size: 2 %s
  node { name: "a" calculator: "RtScript" input_stream: "x" input_stream: "y" output_stream: "out" %s }
"""


def test_adding_raises_in_add_if_not_full_mode(stage: Any) -> None:
    play = stage(JOIN % ("report_deadlock: false", ""))
    play.graph.graph_input_stream_add_mode = GraphInputStreamAddMode.ADD_IF_NOT_FULL
    gate = threading.Event()
    blocked = stage(
        """
          input_stream: "in" max_queue_size: 2
          node { name: "slow" calculator: "RtBlocking" input_stream: "in" }
        """,
        slow={"process": lambda cc: gate.wait(10) and None},
    ).start()
    blocked.graph.graph_input_stream_add_mode = GraphInputStreamAddMode.ADD_IF_NOT_FULL
    with pytest.raises(UnavailableError, match="Graph is throttled."):
        blocked.send("in", *range(10))
    gate.set()
    blocked.idle().send("in", 100).finish()
    assert [t for t, _ in blocked.called("slow")][-1] == 100


def test_adding_waits_while_throttled(stage: Any, watchdog: Any) -> None:
    text = """
      input_stream: "in" max_queue_size: 1
      node { name: "slow" calculator: "RtBlocking" input_stream: "in" }
    """
    play = stage(text).start()
    watchdog(lambda: play.send("in", *range(200)).finish())
    assert len(play.called("slow")) == 200


def test_deadlock_is_resolved_by_a_larger_queue(stage: Any, watchdog: Any) -> None:
    play = stage(JOIN % ("", "")).start()
    watchdog(lambda: play.send("x", *range(20)).send("y", *range(20)).finish())
    assert [t for t, _ in play.seen["out"]] == list(range(20))


def test_deadlock_is_reported_on_request(stage: Any, watchdog: Any) -> None:
    play = stage(JOIN % ("report_deadlock: true", "")).start()
    words = 'Detected a deadlock due to input throttling for input stream: "x" of a node "a"'
    with pytest.raises(UnavailableError, match=words):
        watchdog(lambda: play.send("x", *range(20)))
    with pytest.raises(UnavailableError, match=words):
        watchdog(play.finish)


def test_without_a_limit_nothing_is_throttled(stage: Any, watchdog: Any) -> None:
    play = stage(JOIN.replace("max_queue_size: 2", "max_queue_size: -1") % ("report_deadlock: true", ""))
    play.start()
    watchdog(lambda: play.send("x", *range(500)).send("y", *range(500)).finish())
    assert len(play.seen["out"]) == 500


def test_buffer_size_hint_raises_the_limit(stage: Any, watchdog: Any) -> None:
    play = stage(JOIN % ("report_deadlock: true", "buffer_size_hint: 50")).start()
    watchdog(lambda: play.send("x", *range(40)).send("y", *range(40)).finish())
    assert len(play.seen["out"]) == 40


def test_limit_can_be_set_on_the_graph(stage: Any, watchdog: Any) -> None:
    play = stage(JOIN % ("report_deadlock: true", ""))
    assert play.graph.max_queue_size == 2
    play.graph.max_queue_size = 30
    play.start()
    watchdog(lambda: play.send("x", *range(25)).send("y", *range(25)).finish())
    assert len(play.seen["out"]) == 25


SOURCE = """
  output_stream: "out" max_queue_size: 3
  node { calculator: "RtCount" output_stream: "numbers" }
  node { name: "pass" calculator: "RtPass" input_stream: "numbers" output_stream: "same" }
  node { name: "slow" calculator: "RtBlocking" input_stream: "same" output_stream: "out" }
"""


def test_full_queue_throttles_the_source(stage: Any) -> None:
    most: list[int] = []
    play = stage(SOURCE, slow={"process": lambda cc: most.append(cc.service("calls") is not None)})
    play.graph.set_service("count", 300)
    play.start()
    sizes = []
    while not play.graph.has_error() and len(most) < 300:
        run = play.graph.current_run
        sizes.append(len(run.nodes[2].queues[0].packets))
        time.sleep(0.00001)  # Else the other threads would wait for the interpreter's lock.
    play.graph.wait_until_done()
    assert max(sizes) <= 4


def test_sources_of_different_pace_terminate(stage: Any, watchdog: Any) -> None:
    text = """
      output_stream: "out" max_queue_size: 1
      node { calculator: "RtCount" output_stream: "x" }
      node { calculator: "RtCount" output_stream: "y" }
      node { name: "thin" calculator: "RtScript" input_stream: "y" output_stream: "z" }
      node { name: "join" calculator: "RtScript" input_stream: "x" input_stream: "z" output_stream: "out" }
    """

    def thin(cc: Any) -> None:
        if cc.t % 10 == 0:
            cc.outputs[0].emit(cc.t, cc.t)

    play = stage(text, thin={"process": thin})
    play.graph.set_service("count", 100)
    play.start()
    watchdog(play.graph.wait_until_done)
    assert [t for t, _ in play.seen["out"]] == list(range(100))


def test_back_edge_does_not_throttle_the_input(stage: Any, watchdog: Any) -> None:
    text = """
      input_stream: "in" output_stream: "front" max_queue_size: 1 report_deadlock: true
      node {
        calculator: "PreviousLoopbackCalculator" input_stream: "MAIN:in" input_stream: "LOOP:back"
        input_stream_info { tag_index: "LOOP" back_edge: true } output_stream: "PREV_LOOP:front"
      }
      node { calculator: "RtOffset" input_stream: "in" input_stream: "front" output_stream: "back" }
    """
    import mpgraph.calculators

    assert mpgraph.calculators.AREAS
    play = stage(text).start()
    watchdog(lambda: play.send("in", *range(1, 50)).finish())
    assert [t for t, _ in play.seen["front"]] == list(range(2, 50))
