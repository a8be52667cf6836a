from __future__ import annotations

from pathlib import Path

from mpgraph.cli.app import run
from mpgraph.profiling.node_names import node_names
from mpgraph.profiling.saved import chrome_events
from mpgraph.protos import calculator_profile_pb2


def damaged_log() -> bytes:
    profile = calculator_profile_pb2.GraphProfile()
    trace = profile.graph_trace.add()
    trace.calculator_name.extend(["Good", "Bad?"])
    for node in (0, 1):
        trace.calculator_trace.add(
            node_id=node,
            event_type=calculator_profile_pb2.GraphTrace.EventType.PROCESS,
            start_time=1,
            finish_time=2,
        )
    for name in ("Good", "Bad?"):
        profile.calculator_profiles.add(name=name)
    return bytes(profile.SerializeToString()).replace(b"Bad?", b"Bad\xff")


def test_names_that_are_not_utf8_are_shown_with_escapes(tmp_path: Path) -> None:
    file = tmp_path / "log_0.binarypb"
    file.write_bytes(damaged_log())
    profile = calculator_profile_pb2.GraphProfile.FromString(damaged_log())
    assert node_names(profile) == {0: "Good", 1: r"Bad\xff"}
    assert [event["name"] for event in chrome_events(profile)["traceEvents"]] == ["Good", r"Bad\xff"]
    assert run(["profile", str(file)]) == 0
