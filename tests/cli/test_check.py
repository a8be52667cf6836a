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


UNKNOWN = 'node { calculator: "MyOwnCalculator" }'


def test_folders_and_patterns(cli: Any, tmp_path: Path) -> None:
    folder = tmp_path / "graphs"
    (folder / "deep").mkdir(parents=True)
    good, bad = folder / "good.pbtxt", folder / "deep" / "bad.pbtxt"
    good.write_text('node { calculator: "PassThroughCalculator" }', "utf-8")
    bad.write_text("node { calculator: }", "utf-8")
    (folder / "labels.pbtxt").write_text('item { id: 1 name: "cat" }', "utf-8")  # not a graph
    (folder / "notes.txt").write_text("node", "utf-8")
    code, out, err = cli("check", folder)
    assert (code, out) == (1, f"{good}: ok\n")
    assert err.splitlines()[-1] == "1 error in 1 of 2 files"
    assert cli("check", f"{folder}/*.pbtxt") == (0, f"{good}: ok\n", "")
    assert str(bad) in cli("check", f"{folder}/**/*.pbtxt").err
    (tmp_path / "empty").mkdir()
    assert "There is no graph in" in cli("check", tmp_path / "empty").err


def test_unknown_calculators_can_be_allowed(cli: Any, tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text(UNKNOWN, "utf-8")
    assert cli("check", graph).code == 1
    code, _, err = cli("check", "--allow-unknown", graph)
    assert code == 0 and f"{graph}:1:8: warning: Unable to find" in err
    assert cli("check", "--allow-unknown", "--strict", graph).code == 0


def test_strict_fails_for_warnings(cli: Any, tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('input_stream: "unread"\n' + UNKNOWN, "utf-8")
    assert cli("check", "--allow-unknown", graph).code == 0
    assert cli("check", "--allow-unknown", "--strict", graph).code == 1


def test_github_annotations(cli: Any, tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('input_stream: "unread"\n' + UNKNOWN, "utf-8")
    warning, error = cli("check", "--format", "github", graph).out.splitlines()
    assert error.startswith(
        f"::error file={graph},line=2,col=8,endLine=2,endColumn=37,title=unknown-calculator::"
    )
    assert warning.startswith("::warning ") and "unread" in warning


def test_sarif(cli: Any, tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text(UNKNOWN, "utf-8")
    code, out, _ = cli("check", "--format", "sarif", graph)
    log = json.loads(out)
    assert code == 1 and log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"] == [{"id": "unknown-calculator"}]
    assert (result["ruleId"], result["level"]) == ("unknown-calculator", "error")
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == graph.as_uri()
    assert physical["region"] == {"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 37}
