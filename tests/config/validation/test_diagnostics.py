"""All errors at once, without repetitions or consequences of other errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.config.source import load_graph
from mpgraph.config.validation.diagnostics import Diagnostic, Texts, diagnose, diagnostic_of, merged
from mpgraph.errors import Location, NotFoundError

MANY = """
input_stream: "in"
node { calculator: "CfgPas" input_stream: "in" output_stream: "a" }
node { calculator: "CfgPass" inptu_stream: "a" output_straem: "b" }
node { calculator: "CfgPass" input_stream: "b" output_stream: "c" max_in_flight: "two" }
node { calculator: "CfgInts" input_stream: "lop" }
node { calculator: "CfgPass" input_stream: "two" output_stream: "loop" }
node { calculator: "CfgPass" input_stream: "loop" output_stream: "two" }
node { calculator: "CfgPass" input_stream: "four" output_stream: "three" }
node { calculator: "CfgPass" input_stream: "three" output_stream: "four" }
node { calculator: "CfgSource" output_stream: "TEXT:t" output_stream: "BAD::" }
node { calculator: "CfgStrs" input_stream: "t" input_stream_info { tag_index: "X" } executor: "none" }
"""


def test_all_stages_report_their_errors() -> None:
    found = [(one.line, one.code) for one in diagnose(MANY)]
    assert found == [
        (3, "unknown-calculator"),
        (4, "unknown-field"),
        (4, "unknown-field"),
        (5, "bad-value"),
        (6, "no-producer"),
        (7, "cycle"),
        (9, "cycle"),
        (11, "bad-port"),
        (12, "unknown-port"),
        (12, "unknown-executor"),
    ]


def test_damaged_field_hides_no_other_error_of_its_node() -> None:
    text = """
    input_stream: "in"
    node {
      calculator: "CfgPas"
      input_stream: "X:in"
      max_in_flight: "two"
      input_stream_info { tag_index: "Y" }
      input_stream_info { tag_index: "Z" }
    }
    """
    assert [one.line for one in diagnose(text)] == [4, 6, 7, 8]


def test_damaged_graph_field_causes_no_further_errors() -> None:
    found = diagnose('input_steam: "in"\nnode { calculator: "CfgInts" input_stream: "in" }')
    assert [(one.line, one.code) for one in found] == [(1, "unknown-field")]
    assert diagnose('node: 3\nnode { calculator: "CfgStrs" input_stream: "x" }')[1].line == 2


def test_invalid_entries_do_not_shift_locations() -> None:
    text = 'input_stream: [\n3,\n"A:in"\n]\nnode { calculator: "CfgStrs" input_stream: [4, "Y:in"] }'
    places = [(one.line, one.column) for one in diagnose(text)]
    assert places == [(2, 1), (5, 45), (5, 48)]


def test_errors_in_a_subgraph_list_all_its_uses(tmp_path: Path) -> None:
    (tmp_path / "inner.pbtxt").write_text('input_stream: "i"\nnode { calculator: "CfgPas" nod: 1 }')
    middle = 'input_stream: "m"\nnode { calculator: "Inner" input_stream: "m" }'
    (tmp_path / "middle.pbtxt").write_text(middle)
    graph = tmp_path / "graph.pbtxt"
    node = 'node { calculator: "Middle" input_stream: "in" }\n'
    graph.write_text(f'input_stream: "in"\n{node}{node}')
    found = diagnose(graph)
    assert [(Path(one.file).name, one.line, one.column, one.code) for one in found] == [
        ("inner.pbtxt", 2, 8, "unknown-calculator"),
        ("inner.pbtxt", 2, 29, "unknown-field"),
    ]
    for one in found:
        used = [(Path(use.file).name, use.line) for use in one.used_at]
        assert used == [("middle.pbtxt", 2), ("graph.pbtxt", 2), ("graph.pbtxt", 3)]
    assert "(used at " in str(found[0])


def test_merged_reports_an_error_of_several_uses_once() -> None:
    at = [Diagnostic("error", "c", f"in {i}", "", "s", 1, 1, used_at=(Location("g", i, 1),)) for i in (1, 2)]
    (one,) = merged(at)
    assert one.message == "in 1" and [use.line for use in one.used_at] == [1, 2]
    two = [Diagnostic("error", "c", text, "", "s", 1, 1) for text in ("a", "b")]
    assert merged([*two, *two]) == two


def test_diagnostic_as_text_and_as_dict() -> None:
    error = NotFoundError("gone", location=Location("g.pbtxt", 3, 7), hint=" Look there.")
    one = diagnostic_of(error)
    assert str(one) == "g.pbtxt:3:7: error: gone Look there." and one.code == "not-found"
    assert diagnostic_of(NotFoundError("gone"), file="g.pbtxt").position == "g.pbtxt"
    assert one.as_dict() == {
        "severity": "error",
        "code": "not-found",
        "message": "gone",
        "suggestion": "Look there.",
        "file": "g.pbtxt",
        "line": 3,
        "column": 7,
        "end_line": 0,
        "end_column": 0,
        "used_at": [],
    }


def test_end_positions_of_texts() -> None:
    (one,) = diagnose('node { calculator: "Xyz" }')
    assert (one.line, one.column, one.end_line, one.end_column) == (1, 8, 1, 25)


def test_diagnose_accepts_any_type_of_graph() -> None:
    source = load_graph('node { calculator: "Xyz" }', "mine")
    assert [one.file for one in diagnose(source)] == ["mine"]
    assert [one.line for one in diagnose(source.config)] == [0]
    assert [one.code for one in diagnose(3)] == ["no-graph"]
    assert [one.file for one in diagnose("node", file="unsaved.pbtxt")] == ["unsaved.pbtxt"]


@pytest.mark.parametrize(
    ("line", "column", "covered"),
    [
        ('  input_stream: "IMAGE:in" node', 3, 'input_stream: "IMAGE:in"'),
        ("node {", 1, "node"),
        ("max_in_flight: -1", 1, "max_in_flight: -1"),
        ("radius: 99 }", 9, "99"),
        ("mode: FAST", 7, "FAST"),
        (r'name: "a \" b" x', 7, r'"a \" b"'),
        ('name: "open', 7, '"open'),
        ("[type.googleapis.com/A] {}", 1, "[type.googleapis.com/A]"),
        ("a = 3", 3, "="),
        ("}", 1, "}"),
        ("", 1, ""),
        ("a", 3, ""),
    ],
)
def test_end_column(line: str, column: int, covered: str) -> None:
    end = Texts("g", f"first\n{line}").end_column("g", 2, column)
    assert line[column - 1 : end - 1] == covered if covered else end == 0


def test_files_are_read_and_unreadable_ones_skipped(tmp_path: Path) -> None:
    file = tmp_path / "a.pbtxt"
    file.write_text("node {}\n", encoding="utf-8")
    texts = Texts()
    assert texts.end_column(str(file), 1, 1) == 5
    assert texts.end_column(str(file), 9, 1) == 0
    assert texts.end_column(str(tmp_path / "none.pbtxt"), 1, 1) == 0
    assert texts.end_column("<message>", 1, 1) == 0
    assert texts.end_column("mine.py", 1, 1) == 0
    assert texts.end_column(str(file), 0, 0) == 0


def test_unknown_calculator_hides_no_warning() -> None:
    found = diagnose(
        'input_stream: "a"\noutput_stream: "bb"\n'
        'node { calculator: "MyCppCalculator" input_stream: "IN:a" input_side_packet: "S:moddel" '
        'output_stream: "OUT:b" }\ninput_side_packet: "model"'
    )
    assert [(one.severity, one.line, one.code) for one in found] == [
        ("warning", 2, "unmade-output"),
        ("error", 3, "unknown-calculator"),
        ("warning", 3, "undeclared-side-packet"),
        ("warning", 3, "unread-stream"),
        ("warning", 4, "unread-input"),
    ]


def test_names_with_other_words_are_no_typos() -> None:
    text = (
        'input_side_packet: "output_video"\n'
        'node { calculator: "CfgPass" input_side_packet: "output_video" input_side_packet: "input_video" }'
    )
    assert diagnose(text) == []


def test_own_file_comes_first(tmp_path: Path) -> None:
    (tmp_path / "a_inner.pbtxt").write_text('type: "AInner"\nnode { calculator: "MyOwnThing" }', "utf-8")
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('node { calculator: "AInner" }\nnode { calculator: "MyOtherThing" }', "utf-8")
    assert [Path(one.file).name for one in diagnose(graph)] == ["graph.pbtxt", "a_inner.pbtxt"]


def test_options_that_another_graph_gives_are_not_missed() -> None:
    """MediaPipe's FaceDetection takes its model from the options of the graph that uses it."""
    node = """
    node {
      calculator: "InferenceCalculator" input_stream: "TENSORS:t" output_stream: "TENSORS:o"
      options { [mediapipe.InferenceCalculatorOptions.ext] {} }
      option_value: "model_path:options/model_path"
    }
    graph_options { [type.googleapis.com/mediapipe.FaceDetectionOptions] {} }
    input_stream: "TENSORS:t" output_stream: "TENSORS:o"
    """
    assert diagnose('type: "Template"' + node) == []
    assert [one.code for one in diagnose(node)] == ["contract"]
