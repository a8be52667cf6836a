"""SyncSet: the readiness rule at the limits of the timestamp range."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.framework import timestamp as ts

TEXT = """
  input_stream: "x" input_stream: "y"
  node { name: "a" calculator: "%s" input_stream: "x" input_stream: "y" }
"""


@pytest.mark.parametrize("kind", ["RtScript", "RtBounds"])
@pytest.mark.parametrize("t", [ts.PRESTREAM, ts.MIN, 0, ts.MAX])
def test_every_timestamp_is_delivered_once(stage: Any, kind: str, t: int) -> None:
    play = stage(TEXT % kind).start().send("x", t).send("y", t).idle()
    assert (t, [t, t]) in play.called("a")
    assert [at for at, _ in play.called("a")] == sorted({at for at, _ in play.called("a")})


@pytest.mark.parametrize("kind", ["RtScript", "RtBounds"])
def test_poststream_is_delivered_when_the_others_have_ended(stage: Any, kind: str) -> None:
    play = stage(TEXT % kind).start().send("x", ts.POSTSTREAM)
    play.graph.close_input_stream("y")
    play.idle()
    assert (ts.POSTSTREAM, [ts.POSTSTREAM, None]) in play.called("a")


def test_bounds_are_processed_once_each(stage: Any) -> None:
    play = stage(TEXT % "RtBounds").start()
    for t in (1, 1, 2):
        play.send("x", (t, None)).send("y", (t, None)).idle()
    assert [t for t, _ in play.called("a")] == [1, 2]
