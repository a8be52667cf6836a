"""Recording a graph and replaying the recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mpgraph as mp
from mpgraph.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    InvalidArgumentError,
    MpgraphError,
    NotFoundError,
    ResourceNotFoundError,
)
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework.packet import make_packet
from mpgraph.testing import (
    MockClock,
    Recording,
    Replayed,
    detection,
    gradient,
    record,
    replay,
    run,
    t,
    tensor,
)
from mpgraph.testing.recording import BOUND, CLOSE, END, OUTPUT, PACKET, START

GRAPH = """
input_stream: "a"
input_stream: "b"
output_stream: "sum"
input_side_packet: "offset"
node {
  calculator: "RecorderSum"
  input_stream: "A:a"
  input_stream: "B:b"
  input_side_packet: "OFFSET:offset"
  output_stream: "sum"
}
"""
PASS = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""


@mp.register
class RecorderSum(mp.Calculator):
    """Emits A + B + OFFSET; raises for 13."""

    a = mp.Input("A", int)
    b = mp.Input("B", int)
    offset = mp.SideInput("OFFSET", int)
    out = mp.Output("", int)

    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.a) and cc[self.a] == 13:
            raise ValueError("thirteen")
        cc.emit(self.out, (cc.get(self.a) or 0) + (cc.get(self.b) or 0) + cc[self.offset])


@mp.register
class RecorderCount(mp.Calculator):
    """A source of ten numbers."""

    out = mp.Output("", int)

    def open(self, cc: mp.CalculatorContext) -> None:
        self.next = 0

    def process(self, cc: mp.CalculatorContext) -> Any:
        if self.next == 10:
            return mp.STOP
        cc.emit(self.out, self.next, self.next)
        self.next += 1
        return None


def play(graph: mp.CalculatorGraph) -> None:
    """The recording of a run with packets, bounds, side packets and headers."""
    graph.start_run({"offset": make_packet(100)}, {"a": make_packet(VideoHeader(width=3))})
    graph.add_packet_to_input_stream("a", make_packet(1, 0))
    graph.add_packet_to_input_stream("b", make_packet(2, 0))
    graph.wait_until_idle()
    graph.add_packet_to_input_stream("a", make_packet(3, 10))
    graph.set_input_stream_timestamp_bound("b", 20)
    graph.close_input_stream("a")
    graph.add_packet_to_input_stream("b", make_packet(4, 30))
    graph.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bug.mpgrec"


@pytest.fixture
def recorded(file: Path) -> Path:
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    with record(graph, file, outputs=True):
        play(graph)
    return file


def test_events_are_recorded_in_order(recorded: Path) -> None:
    with Recording(recorded) as recording:
        events = list(recording.events())
        assert recording.damage is None
        assert recording.header.version == mp.__version__
        assert recording.header.modules == {"RecorderSum": RecorderSum.__module__}
    inputs = [event for event in events if event.kind != OUTPUT]
    assert [(event.kind, event.stream) for event in inputs] == [
        (START, ""),
        (PACKET, "a"),
        (PACKET, "b"),
        (PACKET, "a"),
        (BOUND, "b"),
        (CLOSE, "a"),
        (PACKET, "b"),
        (CLOSE, "b"),
        (END, ""),
    ]
    assert [event.was_idle for event in inputs[3:4]] == [True]
    assert inputs[0].value["side"]["offset"].payload == 100
    assert inputs[0].value["headers"]["a"].payload == VideoHeader(width=3)
    times = [event.after_us for event in inputs]
    assert times == sorted(times)


def test_replay_reproduces_the_outputs(recorded: Path) -> None:
    result = replay(recorded)
    assert [(one.payload, one.timestamp.value) for one in result.outputs["sum"]] == [
        (103, 0),
        (103, 10),
        (104, 30),
    ]
    assert (result.errors, result.differences, result.damage, result.sent) == ([], [], None, 4)


def test_replay_in_another_graph(recorded: Path, tmp_path: Path) -> None:
    edited = tmp_path / "edited.pbtxt"
    edited.write_text(GRAPH.replace('"A:a"', '"A:b"').replace('"B:b"', '"B:a"'))
    assert replay(recorded, edited).differences == []
    with pytest.raises(NotFoundError, match='feeds the stream "a".*does not have'):
        replay(recorded, PASS)
    doubled = GRAPH + 'node { calculator: "PassThroughCalculator" input_stream: "sum" output_stream: "x" }'
    result = replay(
        recorded, doubled.replace('output_stream: "sum"\ninput_side', 'output_stream: "x"\ninput_side')
    )
    assert len(result.outputs["x"]) == 3
    assert result.differences[0] == 'stream "sum", packet 1: 103 @ 0 was recorded, but was not received'


def test_failed_run_is_recorded_and_fails_again(file: Path) -> None:
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    with record(graph, file):
        graph.start_run({"offset": make_packet(0)})
        graph.add_packet_to_input_stream("a", make_packet(13, 0))
        graph.add_packet_to_input_stream("b", make_packet(0, 0))
        with pytest.raises(MpgraphError, match="thirteen"):
            graph.close()
    with pytest.raises(MpgraphError, match="thirteen"):
        replay(file)
    result = replay(file, check=False)
    assert "thirteen" in str(result.errors[0])
    assert "thirteen" in result.recorded_errors[0]
    assert result.damage is None


def test_several_runs_in_one_recording(file: Path) -> None:
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    with record(graph, file):
        play(graph)
        play(graph)
    play(graph)  # Replay must not emit more.
    assert len(replay(file).outputs["sum"]) == 6


def test_replayed_sources_run_to_their_end(file: Path) -> None:
    graph = mp.CalculatorGraph(
        graph_config='output_stream: "n" node { calculator: "RecorderCount" output_stream: "n" }'
    )
    with record(graph, file):
        graph.run()
    assert len(replay(file).outputs["n"]) == 10


def test_pace_of_a_replay(recorded: Path) -> None:
    clock = MockClock(autojump=True)
    assert replay(recorded, pace=1.0, clock=clock).differences == []
    with Recording(recorded) as recording:
        last = max(event.after_us for event in recording.events() if event.kind in (PACKET, CLOSE))
    assert clock.now_us() == last
    with pytest.raises(InvalidArgumentError, match="pace"):
        replay(recorded, pace=-1)


def test_payloads_of_all_types(file: Path) -> None:
    graph = mp.CalculatorGraph(graph_config=PASS)
    values = [1, 2.5, "text", b"\0", gradient(), tensor(), [1, 2], detection()]
    with record(graph, file, outputs=True), graph:
        graph.start_run()
        for time, value in enumerate(values):
            graph.add_packet_to_input_stream("in", make_packet(value, time))
    result = replay(file)
    assert result.differences == []
    assert len(result.outputs["out"]) == len(values)
    assert file.stat().st_size < 3000


def test_unsupported_payloads_are_refused(file: Path) -> None:
    graph = mp.CalculatorGraph(graph_config=PASS)
    with record(graph, file), graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", make_packet(1, 0))
        with pytest.raises(InvalidArgumentError, match='stream "in" cannot be recorded.*register_codec'):
            graph.add_packet_to_input_stream("in", make_packet(pytest.ExitCode, 1))
        graph.add_packet_to_input_stream("in", make_packet(2, 2))
    assert len(replay(file).outputs["out"]) == 2
    side = 'input_side_packet: "s" node { calculator: "PassThroughCalculator" input_side_packet: "s" }'
    graph = mp.CalculatorGraph(graph_config=side)
    with record(graph, file, overwrite=True):
        with pytest.raises(InvalidArgumentError, match="start of the run cannot be recorded"):
            graph.start_run({"s": make_packet(object())})
        graph.start_run({"s": make_packet(1)})
        graph.close()


def test_recording_during_a_run_or_over_a_file_is_refused(file: Path) -> None:
    file.write_bytes(b"precious")
    graph = mp.CalculatorGraph(graph_config=PASS)
    with pytest.raises(AlreadyExistsError, match="overwrite=True"):
        record(graph, file)
    assert file.read_bytes() == b"precious"
    with graph:
        graph.start_run()
        with pytest.raises(FailedPreconditionError, match="before start_run"):
            record(graph, file, overwrite=True)
    assert file.read_bytes() == b"precious"
    with record(graph, file, overwrite=True), graph:
        graph.start_run()
    assert replay(file).sent == 0


def test_other_files_are_refused(file: Path, recorded: Path) -> None:
    with pytest.raises(ResourceNotFoundError, match="no recording"):
        replay(file.with_name("absent.mpgrec"))
    with pytest.raises(ResourceNotFoundError, match="cannot be read"):
        replay(file.parent)
    file.write_bytes(b"text")
    with pytest.raises(InvalidArgumentError, match="not a recording"):
        replay(file)


def replay_anyway(path: Path) -> Replayed | None:
    """Return None if not even the beginning of the file is intact."""
    try:
        return replay(path, check=False)
    except InvalidArgumentError as error:
        if "not a recording" in error.message or "damaged at its beginning" in error.message:
            return None
        raise


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(cut=st.floats(0, 1, exclude_max=True))
def test_truncated_file_is_replayed_up_to_the_cut(recorded: Path, cut: float) -> None:
    data = recorded.read_bytes()
    short = recorded.with_name("short.mpgrec")
    short.write_bytes(data[: int(len(data) * cut)])
    result = replay_anyway(short)
    assert result is None or (result.damage and result.sent <= 4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(position=st.floats(0, 1, exclude_max=True), byte=st.integers(1, 255))
def test_damaged_file_is_never_accepted_as_intact(recorded: Path, position: float, byte: int) -> None:
    data = bytearray(recorded.read_bytes())
    data[int(len(data) * position)] ^= byte
    broken = recorded.with_name("broken.mpgrec")
    broken.write_bytes(data)
    result = replay_anyway(broken)
    assert result is None or result.damage


def test_newer_format_is_reported(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mpgraph.testing.recording.FORMAT", 0)
    with pytest.raises(InvalidArgumentError, match="recorded by a newer mpgraph"):
        replay(recorded)


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.integers(-5, 5), st.integers(1, 5)), min_size=1, max_size=12
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_replay_gives_the_outputs_of_the_runner(tmp_path: Path, steps: list[tuple[str, int, int]]) -> None:
    """The runner, a plain graph and a replay agree on any conversation."""
    file = tmp_path / "any.mpgrec"
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    times = {"a": 0, "b": 0}
    runner = run(GRAPH, side={"offset": 0})
    with record(graph, file, outputs=True, overwrite=True), graph:
        graph.start_run({"offset": make_packet(0)})
        for stream, value, step in steps:
            times[stream] += step
            graph.add_packet_to_input_stream(stream, make_packet(value, times[stream]))
            runner.send(stream, value @ t(times[stream]))
    runner.close()
    seen = [(one.payload, one.timestamp.value) for one in runner.take("sum")]
    result = replay(file)
    assert result.differences == []
    assert [(one.payload, one.timestamp.value) for one in result.outputs["sum"]] == seen
