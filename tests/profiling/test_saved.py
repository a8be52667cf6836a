"""mpgraph/profiling/saved.py: reading saved traces."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from profiling_graphs import chain, feed

from mpgraph.errors import InvalidArgumentError
from mpgraph.profiling.saved import load_trace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Traces of one run in all formats, and its log."""
    settings = f'profiler_config {{ trace_enabled: true trace_log_path: "{tmp_path.as_posix()}/log_" }}'
    graph = chain(["PassThroughCalculator"], settings)
    with graph.trace() as trace, graph:
        graph.start_run()
        feed(graph, 3, first=5)
    trace.save(tmp_path / "run.json")
    trace.save(tmp_path / "run.perfetto-trace")
    return tmp_path


def test_chromes_format(folder: Path) -> None:
    calls = [event for event in load_trace(folder / "run.json")["traceEvents"] if event["ph"] == "X"]
    assert [call["args"]["timestamp"] for call in calls] == [None, 5000, 6000, 7000, None]


def test_bare_list_of_events_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(' [{"ph": "X"}]', encoding="utf-8")
    assert load_trace(tmp_path / "run.json") == {"traceEvents": [{"ph": "X"}]}


def test_perfetto_format_is_passed_through(folder: Path) -> None:
    path = folder / "run.perfetto-trace"
    assert base64.b64decode(load_trace(path)["perfetto"]) == path.read_bytes()


def test_log_of_a_profiler_config(folder: Path) -> None:
    calls = load_trace(folder / "log_0.binarypb")["traceEvents"]
    assert [(call["name"], call["args"]["timestamp"], call["args"]["sent"]) for call in calls] == [
        ("PassThroughCalculator", 5000, 1),
        ("PassThroughCalculator", 6000, 1),
        ("PassThroughCalculator", 7000, 1),
    ]


@pytest.mark.parametrize(
    "text", ["{", '{"traceEvents": NaN}', '{"traceEvents": {}}', "[" * 100_000, "node {}", "", "\x0a\x02"]
)
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidArgumentError, match=r"run\.json"):
        load_trace(path)


def test_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_trace(tmp_path / "run.json")
