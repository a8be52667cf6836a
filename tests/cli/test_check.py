from __future__ import annotations

from pathlib import Path
from typing import Any


def test_good_graphs_are_ok(cli: Any, flip_graph: Path) -> None:
    assert cli("check", flip_graph, flip_graph) == (0, f"{flip_graph}: ok\n" * 2, "")


def test_all_mistakes_are_told_with_their_places(cli: Any, flip_graph: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pbtxt"
    text = flip_graph.read_text(encoding="utf-8")
    wrong.write_text(text.replace('ImageTransformationCalculator"', 'ImageTransformCalculator"'), "utf-8")
    code, out, err = cli("check", wrong, flip_graph)
    assert code == 1 and out == f"{flip_graph}: ok\n"
    first = err.splitlines()[0]
    assert first.startswith(f"{wrong}:12:3: error: ")
    assert 'ImageTransformCalculator"' in first
    assert 'Did you mean "ImageTransformationCalculator"' in first


def test_what_is_no_graph(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.pbtxt").write_text("node {\n  calculator: \n}", "utf-8")
    code, _, err = cli("check", tmp_path / "broken.pbtxt")
    assert code == 1 and err.startswith(f"{tmp_path / 'broken.pbtxt'}:3:1: error: ")
    code, _, err = cli("check", tmp_path / "none.pbtxt")
    assert code == 1 and err.startswith("error: ") and "none.pbtxt" in err and err.count("\n") == 1
    assert cli("check", tmp_path).code == 1
