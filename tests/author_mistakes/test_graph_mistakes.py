"""Mistakes in .pbtxt files, from in_graphs.txt: each is reported once, at its location, with a fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from catalogue import Mistake, read_catalogue

from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.framework.user_code import import_user_module


@pytest.mark.parametrize("mistake", read_catalogue("in_graphs.txt"), ids=lambda mistake: mistake.name)
def test_mistake(mistake: Mistake, tmp_path: Path) -> None:
    spot = mistake.write(tmp_path)
    import_user_module("mine")
    (found,) = diagnose(Path("graph.pbtxt"))
    assert (found.file, found.line, found.column) == spot
    assert (found.severity, found.code) == (mistake.severity, mistake.code)
    assert mistake.says in found.message and mistake.fix in found.suggestion
    assert spot.file == "graph.pbtxt" or found.used_at[0].file == "graph.pbtxt"
