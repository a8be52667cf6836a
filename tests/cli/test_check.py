from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest


def test_valid_graphs_are_ok(cli: Any, flip_graph: Path) -> None:
    assert cli("check", flip_graph, flip_graph) == (0, f"{flip_graph}: ok\n" * 2, "")


def test_all_errors_are_reported_with_their_locations(cli: Any, flip_graph: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pbtxt"
    text = flip_graph.read_text(encoding="utf-8")
    wrong.write_text(text.replace('ImageTransformationCalculator"', 'ImageTransformCalculator"'), "utf-8")
    code, out, err = cli("check", wrong, flip_graph)
    assert code == 1 and out == f"{flip_graph}: ok\n"
    first = err.splitlines()[0]
    assert first.startswith(f"{wrong}:12:3: error: ")
    assert 'ImageTransformCalculator"' in first
    assert 'Did you mean "ImageTransformationCalculator"' in first


def test_files_that_are_not_graphs(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.pbtxt").write_text("node {\n  calculator: \n}", "utf-8")
    code, _, err = cli("check", tmp_path / "broken.pbtxt")
    assert code == 1 and err.startswith(f"{tmp_path / 'broken.pbtxt'}:3:1: error: ")
    code, _, err = cli("check", tmp_path / "none.pbtxt")
    assert code == 1 and err.startswith(f"{tmp_path / 'none.pbtxt'}: error: ") and err.count("\n") == 2
    assert cli("check", tmp_path).code == 1


def test_summary_line(cli: Any, flip_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.pbtxt").write_text("nod {}\nnoed {}", "utf-8")
    assert (
        cli("check", tmp_path / "wrong.pbtxt", flip_graph).err.splitlines()[-1] == "2 errors in 1 of 2 files"
    )
    (tmp_path / "wrong.pbtxt").write_text("nod {}", "utf-8")
    assert cli("check", tmp_path / "wrong.pbtxt").err.splitlines()[-1] == "1 error in 1 file"


def test_json_output(cli: Any, flip_graph: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.pbtxt").write_text("\n  nodes {}", "utf-8")
    code, out, err = cli("check", "--json", tmp_path / "wrong.pbtxt", flip_graph)
    document = json.loads(out)
    assert (code, err) == (1, "")
    assert (document["files"], document["errors"], document["warnings"]) == (2, 1, 0)
    (found,) = document["diagnostics"]
    assert found["file"] == str(tmp_path / "wrong.pbtxt") and (found["line"], found["column"]) == (2, 3)
    assert found["severity"] == "error" and found["suggestion"] == 'Did you mean "node"?'


def test_graph_from_stdin(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("nodes {}"))
    assert cli("check", "-").err.startswith("<stdin>:1:1: error: ")
    monkeypatch.setattr("sys.stdin", io.StringIO("nodes {}"))
    assert cli("check", "-", "--stdin-name", "a.pbtxt").err.startswith("a.pbtxt:1:1: error: ")


def test_warnings_alone_exit_with_0(cli: Any, tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('input_stream: "unread"', "utf-8")
    code, out, err = cli("check", graph)
    assert (code, out) == (0, "")
    first, summary = err.splitlines()
    assert first.startswith(f"{graph}:1:1: warning: ") and summary == "1 warning in 1 file"


def test_error_in_a_subgraph_is_reported_once(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "inner.pbtxt").write_text('node { calculator: "PassThroughCalculater" }', "utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.pbtxt").write_text('node { calculator: "Inner" }', "utf-8")
    files = [tmp_path / f"{name}.pbtxt" for name in ("a", "b", "inner")]
    code, _, err = cli("check", *files)
    first, summary = err.splitlines()
    assert code == 1 and first.startswith(f"{files[2]}:1:8: error: ")
    assert f"(used at {files[0]}:1:1, {files[1]}:1:1)" in first
    assert summary == "1 error in 3 of 3 files"


def test_shipped_graphs_are_found_by_name(cli: Any, flip_graph: Path) -> None:
    assert cli("check", "selfie_segmentation_cpu.pbtxt").out == "selfie_segmentation_cpu.pbtxt: ok\n"
    missing = flip_graph.with_name("flop.pbtxt")
    assert 'Did you mean "flip.pbtxt"?' in cli("check", missing).err
