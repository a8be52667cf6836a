"""SyncSetInputStreamHandler: groups of streams, each synchronized within itself."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError

TEXT = """
  input_stream: "a" input_stream: "b" input_stream: "c"
  node {
    name: "n" calculator: "RtScript" input_stream: "A:a" input_stream: "B:b" input_stream: "C:c"
    input_stream_handler {
      input_stream_handler: "SyncSetInputStreamHandler"
      options { [mediapipe.SyncSetInputStreamHandlerOptions.ext] { %s } }
    }
  }
"""
PAIR = TEXT % 'sync_set { tag_index: "A" tag_index: "B" }'


def test_group_waits_only_for_its_own_streams(stage: Any) -> None:
    play = stage(PAIR).start().send("c", 7).idle()
    assert play.called("n") == [(7, [None, None, 7])]
    play.send("a", 3).idle()
    assert len(play.called("n")) == 1
    play.send("b", 3).idle()
    assert play.called("n")[1:] == [(3, [3, 3, None])]


def test_group_with_the_least_timestamp_runs_first(stage: Any) -> None:
    gate = threading.Event()
    blocking = PAIR.replace("RtScript", "RtBlocking")
    play = stage(blocking, n={"process": lambda cc: gate.wait(10) and None}).start()
    play.send("c", 1, 7).send("a", 3).send("b", 3)
    gate.set()
    assert [t for t, _ in play.idle().called("n")] == [1, 3, 7]


def test_ended_group_does_not_count(stage: Any) -> None:
    play = stage(PAIR).start()
    play.graph.close_input_stream("a")
    play.graph.close_input_stream("b")
    play.send("c", 1).idle()
    assert play.called("n")[-1] == (1, [None, None, 1]) and not play.called("n", "close")
    play.graph.close_input_stream("c")
    assert play.idle().called("n", "close")


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (
            'sync_set { tag_index: "A" } sync_set { tag_index: "A" }',
            'stream "A" is in more than one sync set',
        ),
        ('sync_set { tag_index: "D" }', 'stream "D" is not found'),
    ],
)
def test_invalid_groups_are_refused(stage: Any, groups: str, words: str) -> None:
    with pytest.raises(InvalidArgumentError, match=words):
        stage(TEXT % groups).start()
