from __future__ import annotations

import re
from typing import Any

import pytest

from mpgraph.cli.annotate.graph_text import GraphOptions, graph_text, with_constants
from mpgraph.cli.annotate.solution import Solution
from mpgraph.cli.annotate.table import SOLUTIONS
from mpgraph.config.text.formatting import format_text
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.resources import find_resource

GRAPH = """
node {
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:0:first"
  output_side_packet: "PACKET:1:second"
  options {
    [mediapipe.ConstantSidePacketCalculatorOptions.ext] {
      packet { int_value: 1 } packet { string_value: "two" }  # Kept.
    }
  }
}
"""


def text(solution: Solution, *, images: bool = False, draws: bool = True, **changes: Any) -> str:
    thresholds = {name: value for name, value in changes.items() if name in solution.thresholds}
    settings = {setting.name: changes.get(setting.name, setting.default) for setting in solution.settings}
    return graph_text(solution, GraphOptions(settings, thresholds, draws), images=images)


def changed_lines(before: str, after: str) -> list[str]:
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [new.strip() for old, new in pairs if old != new]


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda solution: solution.name)
def test_text_is_that_of_the_shipped_graph(solution: Solution) -> None:
    shipped = find_resource(solution.graph).read_text("utf-8")
    assert text(solution) == shipped
    expected = {f"packet {{ bool_value: {value} }}" for value in solution.for_images.values()}
    assert set(changed_lines(shipped, text(solution, images=True))) == expected


@pytest.mark.parametrize(
    ("solution", "setting", "value"),
    [
        (solution, setting, value)
        for solution in SOLUTIONS
        for setting in solution.settings
        for value in (setting.texts or ([7] if type(setting.default) is int else [True]))
        if value != setting.default
    ],
    ids=lambda each: getattr(each, "name", str(each)),
)
def test_settings_change_one_line(solution: Solution, setting: Any, value: Any) -> None:
    changed = text(solution, **{setting.name: value})
    [line] = changed_lines(text(solution), changed)
    assert setting.text(value) in line
    assert format_text(changed) == changed


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda solution: solution.name)
def test_thresholds_are_set_inside_the_expanded_graph(solution: Solution) -> None:
    expanded = text(solution, **dict.fromkeys(solution.thresholds, 0.375))
    assert len(re.findall("(threshold|min_score_thresh): 0.375", expanded)) == len(solution.thresholds)
    ValidatedGraphConfig().initialize(graph_config=expanded)


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda solution: solution.name)
def test_graph_without_drawing(solution: Solution) -> None:
    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=text(solution, draws=False))
    assert "output_video" not in validated.model.graph_outputs.names
    assert "Overlay" not in validated.text_config


def test_constants_on_one_line() -> None:
    changed = with_constants(GRAPH, {"first": "123", "second": '"2"'})
    assert '{ int_value: 123 } packet { string_value: "2" }  # Kept.' in changed
    with pytest.raises(InvalidArgumentError, match='no constant "third"; it has'):
        with_constants(GRAPH, {"third": "3"})
