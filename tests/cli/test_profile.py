"""`mpgraph profile`: tables of profiler logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of a graph that passed three packets."""
    text = f"""
        input_stream: "in" output_stream: "out"
        profiler_config {{ trace_enabled: true trace_log_path: "{tmp_path.as_posix()}/log_" }}
        node {{ calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }}
    """
    with CalculatorGraph(graph_config=text) as graph:
        graph.start_run()
        for i in range(3):
            graph.add_packet_to_input_stream("in", make_packet(i, i))
        graph.wait_until_idle()
    return tmp_path / "log_0.binarypb"


def test_one_row_per_calculator(cli: Any, log: Path) -> None:
    code, out, err = cli("profile", log, "--cols", "counter,completed,dropped")
    assert (code, err) == (0, "")
    head, row = out.splitlines()
    assert head.split() == ["calculator", "counter", "completed", "dropped"]
    assert row.split() == ["PassThroughCalculator", "3", "3", "0"]


def test_all_columns_of_two_files_compact(cli: Any, log: Path) -> None:
    code, out, _ = cli("profile", log, log, "--compact")
    head, row = out.splitlines()
    assert (code, len(head.split())) == (0, 15)
    assert "  " not in out
    assert row.split()[3] == "6"


def test_unknown_column(cli: Any, log: Path) -> None:
    code, _, err = cli("profile", log, "--cols", "time_avg")
    assert code == 1 and "time_avg" in err and "time_mean" in err


def test_files_that_are_not_profiler_logs(cli: Any, log: Path, tmp_path: Path) -> None:
    other = tmp_path / "graph.pbtxt"
    other.write_text("node {}")
    code, _, err = cli("profile", other)
    assert code == 1 and "graph.pbtxt is not a profiler log" in err
    code, _, err = cli("profile", tmp_path / "log_7.binarypb")
    assert code == 1 and "log_7.binarypb" in err
