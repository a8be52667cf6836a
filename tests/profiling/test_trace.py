"""mpgraph/profiling/trace.py: what graph.trace() records and saves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from profiling_graphs import chain, feed

from mpgraph.errors import InvalidArgumentError, MediaError, MpgraphError
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.profiling import recording_budget
from mpgraph.runtime.invocation import Invoker

Run = Callable[..., None]


def test_trace_has_every_call_in_order_with_its_packets(run: Run) -> None:
    graph = chain(["PassThroughCalculator", "PrEveryOther", "PrDouble"])
    with graph.trace() as trace:
        run(graph, 4)
    timeline = trace.timeline()
    processed = [piece for piece in timeline.slices if piece.stage == "process"]
    assert Counter(timeline.nodes[piece.node] for piece in processed) == {
        "PassThroughCalculator": 4,
        "PrEveryOther": 4,
        "PrDouble": 2,
    }
    assert [piece.t for piece in processed if piece.node == 1] == [0, 1000, 2000, 3000]
    assert [piece.sent for piece in processed if piece.node == 1] == [1, 0, 1, 0]
    assert all(piece.sent == 1 for piece in processed if piece.node == 2)
    assert all(piece.start <= piece.end for piece in timeline.slices)
    assert {piece.stage for piece in timeline.slices} == {"open", "process", "close"}
    assert [len(pieces) for pieces in timeline.flows().values()] == [3, 2, 3, 2]


def test_node_on_an_executor_runs_on_a_named_thread(run: Run) -> None:
    graph = chain(["PrDouble"])
    with graph.trace() as trace:
        run(graph)
    timeline = trace.timeline()
    used = {timeline.threads[piece.thread] for piece in timeline.slices if piece.stage == "process"}
    assert all(name.startswith("mpgraph-default") for name in used)


def test_failed_call_is_marked(run: Run) -> None:
    graph = CalculatorGraph(
        graph_config='input_stream: "in" node { calculator: "PrRefuse" input_stream: "in" }'
    )
    with graph.trace() as trace, pytest.raises(MpgraphError, match="too much"):
        run(graph)
    assert [piece.failed for piece in trace.timeline().slices if piece.stage == "process"] == [
        False,
        False,
        False,
        True,
    ]


def test_trace_that_ends_before_any_call_warns(caplog: pytest.LogCaptureFixture) -> None:
    graph = chain(["PassThroughCalculator"])
    with graph:
        graph.start_run()
        with graph.trace():
            feed(graph, 2)
        assert not caplog.records
        with graph.trace():  # A packet added here may or may not be processed in time.
            pass
    (record,) = caplog.records
    assert "call graph.wait_until_idle()" in record.getMessage()


def test_tracing_starts_and_ends_during_a_run_and_leaves_no_hooks() -> None:
    graph = chain(["PassThroughCalculator"] * 2)
    graph.start_run()
    feed(graph, 3)
    with graph.trace() as trace:
        graph.wait_until_idle()
        feed(graph, 2, first=3)
    feed(graph, 1, first=5)
    run = graph.current_run
    assert run is not None
    assert {type(node.invoker) for node in run.nodes} == {Invoker}
    assert all(type(mirror).__name__ != "EntryTap" for s in run.streams.values() for mirror in s.subscribers)
    graph.close()
    assert {piece.t for piece in trace.timeline().slices} == {3000, 4000}


def test_trace_can_cover_several_runs(run: Run) -> None:
    graph = chain(["PassThroughCalculator"])
    with graph.trace() as trace:
        run(graph, 2)
        run(graph, 3)
    assert sum(node.calls for node in trace.nodes()) == 5


def test_only_the_newest_calls_are_kept() -> None:
    graph = chain(["PassThroughCalculator"])
    graph.start_run()
    with graph.trace(capacity=10, every_call=True) as trace:
        graph.wait_until_idle()
        feed(graph, 300)
        assert trace.timeline().slices[-1].t == 299_000
        assert len(trace.timeline().slices) == 10
    graph.close()


def test_every_call_option_leaves_no_gaps(run: Run) -> None:
    graph = chain(["PassThroughCalculator"] * 10)
    with graph.trace(every_call=True) as trace:
        run(graph, 2000)
    assert [node.calls for node in trace.nodes()] == [2000] * 10
    assert not trace.timeline().gaps


def test_trivial_graph_is_recorded_with_gaps(run: Run) -> None:
    graph = chain(["PassThroughCalculator"] * 10)
    with graph.trace() as trace:
        run(graph, 3000)
    timeline = trace.timeline()
    assert timeline.gaps
    assert 0 < len(timeline.slices) < 30_000
    assert "not everything was recorded" in trace.summary()
    # Packets are recorded completely: only the last packet before a gap may lack some calls.
    assert Counter(map(len, timeline.flows().values())).most_common(1)[0][0] == 10


def test_run_that_ends_within_a_gap_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_budget, "_cost_of_a_call", lambda: 1e9)  # in ns
    graph = chain(["PassThroughCalculator"] * 10)
    with graph.trace() as trace:
        run(graph, 40)  # The first 32 of them use up the time of the others.
    timeline = trace.timeline()
    assert len(timeline.gaps) == 1 and len(timeline.slices) < 400
    assert "not everything was recorded" in trace.summary()


def test_queues_of_a_graph_that_cannot_keep_up() -> None:
    graph = chain(["PrDouble"])
    graph.start_run()
    with graph.trace() as trace:
        graph.wait_until_idle()
        graph.pause()
        for i in range(4):
            graph.add_packet_to_input_stream("in", make_packet(i, i))
        graph.resume()
        graph.wait_until_idle()
    graph.close()
    (queue,) = trace.timeline().queues
    assert (queue.stream, max(length for _, length in queue.lengths)) == ("in", 4)
    assert queue.lengths[-1][1] == 0


def test_dropped_packets_and_full_queues_are_marked() -> None:
    graph = CalculatorGraph(
        graph_config="""
        input_stream: "in" output_stream: "out" max_queue_size: 2
        node { calculator: "PassThroughCalculator" input_stream: "in" input_stream: "late"
               output_stream: "out" output_stream: "never" }
        input_stream: "late"
        """
    )
    with graph.trace() as trace:
        graph.start_run()
        for i in range(2):
            graph.add_packet_to_input_stream("in", make_packet(i, i))
        graph.wait_until_idle()
        graph.close()
    kinds = [(mark.kind, mark.stream) for mark in trace.timeline().marks]
    assert kinds[:3] == [("entered", "in"), ("entered", "in"), ("full", "in")]
    assert ("free", "in") in kinds


def test_suffix_selects_the_format(run: Run, tmp_path: Path) -> None:
    graph = chain(["PassThroughCalculator"])
    with graph.trace() as trace:
        run(graph)
    for name in ("a.json", "b.perfetto-trace", "c.pftrace", "d.svg"):
        trace.save(tmp_path / name)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["traceEvents"]
    assert (tmp_path / "b.perfetto-trace").read_bytes() == (tmp_path / "c.pftrace").read_bytes()
    assert (tmp_path / "d.svg").read_text(encoding="utf-8").startswith("<svg")


def test_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=r"\.json.*\.perfetto-trace"):
        chain(["PassThroughCalculator"]).trace().save(tmp_path / "trace.txt")


def test_unwritable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises((MediaError, MpgraphError)):
        chain(["PassThroughCalculator"]).trace().save(tmp_path / "nowhere" / "trace.json")


def test_summary_and_notebook_show_times_and_the_critical_path(run: Run) -> None:
    graph = chain(["PassThroughCalculator", "PrDouble"])
    with graph.trace() as trace:
        run(graph)
    summary = trace.summary()
    assert "critical path" in summary
    assert "PassThroughCalculator" in summary and "→ PrDouble" in summary
    html = trace._repr_html_()
    assert "<svg" in html and "PrDouble" in html and "<script" not in html
    assert repr(trace) == "<Trace of 14 calls>"


def test_table_has_a_row_for_each_node(run: Run) -> None:
    graph = chain(["PassThroughCalculator", "PrEveryOther"])
    with graph.trace(every_call=True) as trace:
        run(graph, 4)
    rows = {row.calculator: row for row in trace.profile()}
    assert (rows["PassThroughCalculator"].counter, rows["PassThroughCalculator"].dropped) == (4, 0)
    assert (rows["PrEveryOther"].counter, rows["PrEveryOther"].dropped) == (4, 2)
