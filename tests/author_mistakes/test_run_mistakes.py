"""Errors of authors in programs. in_classes.txt has errors in calculator classes and in graphs built in
Python, in_runs.txt has errors that occur when a graph runs. Each is a complete small program.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from catalogue import Mistake, Spot, read_catalogue

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
    "mistake", [row for row in ROWS if row.severity == "error"], ids=lambda mistake: mistake.name
)
def test_mistake(mistake: Mistake, tmp_path: Path) -> None:
    place = mistake.write(tmp_path)
    with pytest.raises(MpgraphError) as raised:
        run_program(tmp_path)
    errors = [error for error in leaves(raised.value) if isinstance(error, MpgraphError)]
    (error,) = [error for error in errors if mistake.says in error.message]
    assert mistake.fix in error.hint and error.rule == mistake.code
    (shown,) = error_lines(error)
    assert "\n" not in shown
    reported = [error.location, error.raised_at]
    if place.file == "main.py":
        reported += [error_location(raised.value), error_location(error)]
    spots = {Spot(Path(spot.file).name, spot.line, spot.column) for spot in reported if spot}
    if place.file.endswith(".py"):  # Columns of Python are known since 3.11 only.
        assert place[:2] in {spot[:2] for spot in spots}
    else:
        assert place in spots
        assert shown.startswith(f"{place.file}:{place.line}:{place.column}: error: ")


@pytest.mark.parametrize(
    "mistake", [row for row in ROWS if row.severity == "warning"], ids=lambda mistake: mistake.name
)
def test_warning(mistake: Mistake, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place = mistake.write(tmp_path)
    with watchdog.watching():
        run_program(tmp_path)
    (warning,) = caplog.messages
    assert mistake.says in warning and mistake.fix in warning and f"{place.file}:{place.line}." in warning


def test_error_in_an_observer(tmp_path: Path) -> None:
    def look(stream: str, packet: Packet) -> None:
        raise ValueError("not today")

    graph = CalculatorGraph(graph_config=OBSERVED)
    graph.observe_output_stream("out", look)
    graph.start_run()
    graph.add_packet_to_input_stream("in", make_packet(1, 0))
    with pytest.raises(MpgraphError) as raised:
        graph.close()
    (shown,) = error_lines(raised.value)
    line = look.__code__.co_firstlineno + 1
    assert f"test_run_mistakes.py:{line}:" in shown
    assert shown.endswith('error: ValueError: not today (in the observer of stream "out")')
