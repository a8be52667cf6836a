"""Parallel invocations of one node, with outputs in order."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import pytest

TEXT = """
  input_stream: "in" output_stream: "out" num_threads: 4
  node { name: "a" calculator: "%s" input_stream: "in" output_stream: "out" max_in_flight: %d }
"""


def test_invocations_overlap(stage: Any) -> None:
    together = threading.Barrier(3)
    play = stage(TEXT % ("RtScript", 3), a={"process": lambda cc: str(together.wait(10))}).start()
    play.send("in", 1, 2, 3).finish()
    assert [t for t, _ in play.seen["out"]] == [1, 2, 3]
    assert sorted(value for _, value in play.seen["out"]) == ["0", "1", "2"]


def test_outputs_keep_the_order_of_the_inputs(stage: Any) -> None:
    def process(cc: Any) -> None:
        time.sleep(random.random() / 1000)
        if cc.t % 3:
            cc.outputs[0].emit(cc.t, cc.t)

    play = stage(TEXT % ("RtOffset", 4), bounds=True, a={"process": process}).start()
    play.send("in", *range(100)).finish()
    times = [t for t, value in play.seen["out"] if value is not None]
    assert times == [t for t in range(100) if t % 3]
    assert [t for t, _ in play.seen["out"]] == sorted({t for t, _ in play.seen["out"]})


def test_never_more_than_max_in_flight(stage: Any) -> None:
    running: list[int] = []
    most: list[int] = []

    def process(cc: Any) -> None:
        running.append(cc.t)
        most.append(len(running))
        time.sleep(0.0005)
        running.remove(cc.t)

    stage(TEXT % ("RtScript", 2), a={"process": process}).start().send("in", *range(30)).finish()
    assert max(most) <= 2


def test_bound_waits_for_invocations_in_flight(stage: Any) -> None:
    gate = threading.Event()
    play = stage(
        TEXT % ("RtOffset", 2), bounds=True, a={"process": lambda cc: gate.wait(10) and None}
    ).start()
    play.send("in", 1, (9, None))
    gate.set()
    play.idle()
    assert play.seen["out"][-1] == (9, None)


def test_error_in_one_invocation_ends_the_run(stage: Any) -> None:
    def process(cc: Any) -> None:
        if cc.t == 5:
            raise ValueError("the fifth")
        cc.outputs[0].emit(cc.t, cc.t)

    play = stage(TEXT % ("RtScript", 4), a={"process": process}).start()
    with pytest.raises(RuntimeError, match="the fifth"):
        play.send("in", *range(20)).finish()
    assert [t for t, _ in play.seen["out"]] == list(range(len(play.seen["out"])))
    assert len(play.seen["out"]) <= 5


def test_every_context_has_the_headers(stage: Any) -> None:
    from mpgraph.framework.packet import make_packet

    heads: list[Any] = []
    together = threading.Barrier(2)

    def process(cc: Any) -> None:
        together.wait(10)
        heads.append(cc.headers[0].payload)

    play = stage(TEXT % ("RtScript", 2), a={"process": process})
    play.graph.start_run({}, {"in": make_packet("head")})
    play.send("in", 1, 2).finish()
    assert heads == ["head", "head"]
