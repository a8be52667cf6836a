"""The scheduler: sources and their layers, priorities, pausing, errors."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mpgraph.errors import GraphRunError, UnknownError
from mpgraph.framework.calculator import STOP


def counter(name: str, starts: list[str]) -> dict[str, Any]:
    """Hooks of a source of three packets that appends its name at each call."""
    left = [0, 1, 2]

    def process(cc: Any) -> Any:
        starts.append(name)
        if not left:
            return STOP
        t = left.pop(0)
        cc.outputs[0].emit(t, t)
        return None

    return {"process": process}


def test_source_layers_run_one_after_another(stage: Any) -> None:
    text = """
      num_threads: 4
      node { name: "last" calculator: "RtScript" output_stream: "z" source_layer: 2 }
      node { name: "first" calculator: "RtScript" output_stream: "x" source_layer: 0 }
      node { name: "next" calculator: "RtScript" output_stream: "y" source_layer: 1 }
    """
    starts: list[str] = []
    hooks = {name: counter(name, starts) for name in ("first", "next", "last")}
    stage(text, **hooks).graph.run()
    assert starts == [name for name in ("first", "next", "last") for _ in range(4)]


def test_sources_of_one_layer_take_turns_by_their_bounds(stage: Any) -> None:
    text = """
      num_threads: 1
      node { name: "one" calculator: "RtScript" output_stream: "x" }
      node { name: "two" calculator: "RtScript" output_stream: "y" }
    """
    starts: list[str] = []
    stage(text, one=counter("one", starts), two=counter("two", starts)).graph.run()
    assert starts == ["one", "two"] * 4


def test_source_is_called_at_time_zero_and_closes_after_stop(stage: Any) -> None:
    text = 'output_stream: "x" node { name: "a" calculator: "RtScript" output_stream: "x" }'
    play = stage(text, a=counter("a", []))
    play.graph.run()
    assert [t for t, _ in play.called("a")] == [0] * 4
    assert play.called("a", "close") and play.seen["x"] == [(0, 0), (1, 1), (2, 2)]


def test_source_layer_that_cannot_open_is_reported_as_a_deadlock(stage: Any, watchdog: Any) -> None:
    text = """
      node { name: "low" calculator: "RtScript" output_stream: "x" input_side_packet: "never" }
      node { name: "high" calculator: "RtScript" output_stream: "y" source_layer: 1 }
      node { name: "maker" calculator: "RtScript" input_stream: "y" output_side_packet: "never" }
    """
    play = stage(text).start()
    with pytest.raises(UnknownError, match="deadlock because source nodes cannot be activated.*low"):
        watchdog(play.graph.wait_until_done)


def test_closing_all_packet_sources_ends_an_endless_source(stage: Any) -> None:
    play = stage('output_stream: "x" node { calculator: "RtCount" output_stream: "x" }')
    play.graph.set_service("count", -1)
    play.start()
    play.graph.wait_for_observed_output()
    play.finish()
    assert play.seen["x"] == [(i, i) for i in range(len(play.seen["x"]))]


def test_downstream_nodes_run_before_upstream_nodes(stage: Any) -> None:
    text = """
      input_stream: "in"
      node { name: "up" calculator: "RtScript" input_stream: "in" output_stream: "mid" }
      node { name: "down" calculator: "RtScript" input_stream: "mid" }
    """
    play = stage(text).start()
    play.graph.pause()
    play.send("in", 1, 2)
    play.graph.resume()
    play.idle()
    assert [name for name, kind, _, _ in play.calls if kind == "process"] == ["up", "down", "up", "down"]


def test_graph_with_open_inputs_does_not_terminate(stage: Any) -> None:
    text = """
      input_stream: "in" output_stream: "numbers" output_stream: "out"
      node { calculator: "RtCount" output_stream: "numbers" }
      node { calculator: "RtPass" input_stream: "in" output_stream: "out" }
    """
    play = stage(text)
    play.graph.set_service("count", 3)
    play.start().idle()
    play.send("in", 7).idle()
    assert play.seen == {"numbers": [(0, 0), (1, 1), (2, 2)], "out": [(7, 7)]}


@pytest.mark.parametrize("kind", ["RtScript", "RtBlocking"])
def test_paused_graph_starts_no_invocation(stage: Any, kind: str) -> None:
    text = f"""
      input_stream: "in" output_stream: "out"
      node {{ name: "a" calculator: "{kind}" input_stream: "in" output_stream: "out" }}
    """
    play = stage(text).start().idle()
    play.graph.pause()
    play.send("in", 1, 2, 3)
    assert play.called("a") == []
    play.graph.resume()
    assert [t for t, _ in play.idle().called("a")] == [1, 2, 3]


@pytest.mark.parametrize("kind", ["RtScript", "RtBlocking"])
def test_repeated_pausing_loses_no_packet(stage: Any, watchdog: Any, kind: str) -> None:
    text = f"""
      input_stream: "in" output_stream: "out"
      node {{ name: "a" calculator: "{kind}" input_stream: "in" output_stream: "out" }}
    """
    play = stage(text).start()
    for t in range(100):
        play.graph.pause()
        play.send("in", t)
        play.graph.resume()
    watchdog(play.finish)
    assert [t for t, _ in play.seen["out"]] == list(range(100))


def test_paused_graph_can_be_abandoned(stage: Any, watchdog: Any) -> None:
    text = 'input_stream: "in" node { name: "a" calculator: "RtBlocking" input_stream: "in" }'
    play = stage(text).start().idle()
    play.graph.pause()
    play.send("in", 1)
    watchdog(play.graph.abandon)


def test_after_an_error_only_queued_invocations_run(stage: Any) -> None:
    text = """
      input_stream: "in"
      node { name: "good" calculator: "RtScript" input_stream: "in" output_stream: "x" }
      node { name: "bad" calculator: "RtScript" input_stream: "in" output_stream: "y" }
      node { name: "after" calculator: "RtScript" input_stream: "x" }
    """

    def fail(cc: Any) -> None:
        raise ValueError("bad")

    play = stage(text, bad={"process": fail}).start().send("in", 1, 2, 3)
    with pytest.raises(GraphRunError, match="bad"):
        play.finish()
    assert len(play.called("bad")) == 1
    assert len(play.called("good")) <= 1 and play.called("after") == []


def test_all_errors_are_reported(stage: Any) -> None:
    text = """
      input_stream: "in" num_threads: 2
      node { name: "one" calculator: "RtBlocking" input_stream: "in" }
      node { name: "two" calculator: "RtBlocking" input_stream: "in" }
    """
    both = threading.Barrier(2)

    def fail(cc: Any) -> None:
        both.wait(10)
        raise ValueError(cc.node_name)

    play = stage(text, one={"process": fail}, two={"process": fail}).start().send("in", 1)
    with pytest.raises(GraphRunError) as info:
        play.finish()
    assert len(info.value.causes) == 2
    assert 'node "one" failed' in str(info.value) and 'node "two" failed' in str(info.value)


def test_keyboard_interrupt_reaches_the_main_thread(stage: Any) -> None:
    def interrupt(cc: Any) -> None:
        raise KeyboardInterrupt

    text = 'input_stream: "in" node { name: "a" calculator: "RtScript" input_stream: "in" }'
    play = stage(text, a={"process": interrupt}).start().send("in", 1)
    with pytest.raises((KeyboardInterrupt, GraphRunError)):
        play.finish()


@pytest.mark.parametrize("waits", [True, False])
def test_graph_is_not_quiet_when_an_owner_comes_during_the_check(stage: Any, waits: bool) -> None:
    """The owner takes the only event from the inbox, and may leave an invocation for an executor."""
    play = stage('input_stream: "in" node { name: "a" calculator: "RtScript" input_stream: "in" }')
    play.graph.start_run()
    play.graph.wait_until_idle()
    scheduler = play.graph.current_run.scheduler
    real = scheduler._owner

    def take(_: object) -> None:
        scheduler.outstanding += waits

    class Lock:
        def locked(self) -> bool:
            scheduler._owner = real
            answer = real.locked()
            scheduler.inbox.append((take, None))
            scheduler.drain()
            return answer

    scheduler._owner = Lock()
    during, after = scheduler.quiet(), scheduler.quiet()
    scheduler.outstanding = 0
    play.graph.close()
    assert (during, after) == (False, not waits)
