"""Errors in Python programs: in calculator classes and in graphs built in Python (in_classes.txt), and those
that occur when a graph runs (in_runs.txt). Each example is a complete small program.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from catalogue import Example, Position, read_catalogue

from mpgraph.cli.console import error_lines
from mpgraph.errors import MpgraphError
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.user_code import error_location
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime import watchdog

ROWS = [*read_catalogue("in_classes.txt"), *read_catalogue("in_runs.txt")]
OBSERVED = """input_stream: "in"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }"""


def run_program(folder: Path) -> None:
    code = compile((folder / "main.py").read_text(encoding="utf-8"), "main.py", "exec")
    exec(code, {"__name__": "__main__"})


def leaves(error: BaseException) -> Iterator[BaseException]:
    """The errors that one error combines."""
    causes = getattr(error, "causes", ())
    for cause in causes:
        yield from leaves(cause)
    if not causes:
        yield error


@pytest.mark.parametrize(
    "example", [row for row in ROWS if row.severity == "error"], ids=lambda example: example.title
)
def test_error_in_a_program(example: Example, tmp_path: Path) -> None:
    position = example.write(tmp_path)
    with pytest.raises(MpgraphError) as raised:
        run_program(tmp_path)
    errors = [error for error in leaves(raised.value) if isinstance(error, MpgraphError)]
    (error,) = [error for error in errors if example.message in error.message]
    assert example.hint in error.hint and error.rule == example.rule
    (line,) = error_lines(error)
    assert "\n" not in line
    locations = [error.location, error.raised_at]
    if position.file == "main.py":
        locations += [error_location(raised.value), error_location(error)]
    reported = {Position(Path(where.file).name, where.line, where.column) for where in locations if where}
    if position.file.endswith(".py"):  # Python reports columns since 3.11 only.
        assert position[:2] in {where[:2] for where in reported}
    else:
        assert position in reported
        assert line.startswith(f"{position.file}:{position.line}:{position.column}: error: ")


@pytest.mark.parametrize(
    "example", [row for row in ROWS if row.severity == "warning"], ids=lambda example: example.title
)
def test_warning_of_a_program(example: Example, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    position = example.write(tmp_path)
    with watchdog.watching(watchdog.Limits()):
        run_program(tmp_path)
    (warning,) = caplog.messages
    assert example.message in warning and example.hint in warning
    assert f"{position.file}:{position.line}." in warning


def test_error_in_an_observer(tmp_path: Path) -> None:
    def observe(stream: str, packet: Packet) -> None:
        raise ValueError("not today")

    graph = CalculatorGraph(graph_config=OBSERVED)
    graph.observe_output_stream("out", observe)
    graph.start_run()
    graph.add_packet_to_input_stream("in", make_packet(1, 0))
    with pytest.raises(MpgraphError) as raised:
        graph.close()
    (line,) = error_lines(raised.value)
    assert f"test_program_errors.py:{observe.__code__.co_firstlineno + 1}:" in line
    assert line.endswith('error: ValueError: not today (in the observer of stream "out")')
