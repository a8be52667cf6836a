"""Errors in .pbtxt files, from in_graphs.txt: each is reported once, at its position, with a fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalogue import Example, read_catalogue

from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.framework.user_code import import_user_module


@pytest.mark.parametrize("example", read_catalogue("in_graphs.txt"), ids=lambda example: example.title)
def test_error_in_a_graph(example: Example, tmp_path: Path) -> None:
    position = example.write(tmp_path)
    import_user_module("mine")
    (found,) = diagnose(Path("graph.pbtxt"))
    assert (found.file, found.line, found.column) == position
    assert (found.severity, found.code) == (example.severity, example.rule)
    assert example.message in found.message and example.hint in found.suggestion
    assert position.file == "graph.pbtxt" or found.used_at[0].file == "graph.pbtxt"
