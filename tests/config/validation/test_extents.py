from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.config.validation.extents import Texts


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
