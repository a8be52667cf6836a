"""mpgraph/profiling/chrome.py: the events of Chrome's format."""

from __future__ import annotations

import json
from typing import Any

from profiling_graphs import example

from mpgraph.profiling.chrome import to_chrome


def events(phase: str) -> list[dict[str, Any]]:
    return [event for event in json.loads(to_chrome(example()))["traceEvents"] if event["ph"] == phase]


def test_call_is_a_complete_event() -> None:
    calls = events("X")
    assert [call["name"] for call in calls] == [
        "PassThroughCalculator (open)",
        "PassThroughCalculator",
        "PrDouble",
        "PassThroughCalculator",
    ]
    assert calls[2] == {
        "ph": "X",
        "name": "PrDouble",
        "cat": "process",
        "ts": 6.0,
        "dur": 2.0,
        "pid": 1,
        "tid": 1,
        "args": {"node": "PrDouble", "timestamp": 7, "sent": 2},
    }
    assert calls[3]["args"]["failed"] is True


def test_threads_have_names() -> None:
    names = {event["tid"]: event["args"]["name"] for event in events("M") if event["name"] == "thread_name"}
    assert names == {0: "MainThread", 1: "pool"}


def test_path_of_a_packet_is_a_flow_from_call_to_call() -> None:
    (start,), (finish,) = events("s"), events("f")
    assert (start["id"], start["ts"], start["tid"]) == ("7", 4.0, 0)
    assert (finish["id"], finish["ts"], finish["tid"], finish["bp"]) == ("7", 6.0, 1, "e")
    assert not events("t")


def test_queues_are_counters_and_drops_are_instants() -> None:
    lengths = [(event["ts"], event["args"]["packets"]) for event in events("C") if "s1" in event["name"]]
    assert lengths == [(5.0, 1), (6.0, 0)]
    dropped = [event for event in events("i") if event["name"] == "dropped"]
    assert dropped[0]["args"] == {
        "stream": "in",
        "timestamp": 9,
        "reason": "too late",
        "node": "PassThroughCalculator",
    }


def test_gaps_are_shown() -> None:
    assert json.loads(to_chrome(example()))["otherData"]["gapsUs"] == [[8.7, 8.9]]
