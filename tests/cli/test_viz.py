"""`mpgraph viz`: drawings to files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mpgraph.cli.app import run

CHECKOUT = Path(__file__).resolve().parents[2]
SELFIE = CHECKOUT / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"
GPU = CHECKOUT / "graphs/selfie_segmentation/selfie_segmentation_gpu.pbtxt"

FIRST_BYTES = {
    "svg": b"<svg ",
    "png": b"\x89PNG",
    "dot": b"digraph ",
    "mmd": b"flowchart ",
    "html": b"<!doctype html>",
}


@pytest.mark.parametrize("suffix", FIRST_BYTES)
def test_suffix_selects_the_format(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"graph.{suffix}"
    assert run(["viz", str(SELFIE), "-o", str(target), "--expand", "all"]) == 0
    assert target.read_bytes().lower().startswith(FIRST_BYTES[suffix].lower())
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


def test_format_without_output_goes_to_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["viz", str(SELFIE), "--format", "mermaid"]) == 0
    out, err = capfdbinary.readouterr()
    assert out.startswith(b"flowchart TB\n") and not err


def test_several_graphs_go_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "drawings"
    assert run(["viz", str(SELFIE), str(GPU), "-o", str(folder), "--format", "svg", "--dark"]) == 0
    assert sorted(file.name for file in folder.iterdir()) == [
        "selfie_segmentation_cpu.svg",
        "selfie_segmentation_gpu.svg",
    ]


def test_graphs_with_equal_names_get_distinct_files(tmp_path: Path) -> None:
    other = CHECKOUT / "graphs/modules/selfie_segmentation/selfie_segmentation_cpu.pbtxt"
    arguments = ["viz", str(SELFIE), str(other), "-o", str(tmp_path), "--format", "dot"]
    copy = tmp_path / "elsewhere" / "selfie_segmentation_cpu.pbtxt"
    copy.parent.mkdir()
    copy.write_bytes(other.read_bytes())
    arguments[2] = str(copy)
    assert run(arguments) == 0
    assert len(list(tmp_path.glob("*.dot"))) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["missing.pbtxt", "-o", "x.svg"], 1, 'Cannot find the file "missing.pbtxt"'),
        (["missing.pbtxt"], 1, 'Cannot find the file "missing.pbtxt"'),
        (["missing.pbtxt", "-o", "x.svg", "--new"], 2, "--new"),
        ([str(SELFIE), "-o", "x.jpeg"], 2, "is not one of"),
        ([str(SELFIE), "-o", "x.svg", "--format", "png"], 2, "is the name of a svg file"),
        ([str(SELFIE), "--format", "svgg"], 2, 'Did you mean "svg"'),
        ([str(SELFIE), str(GPU), "-o", "x.svg"], 2, "several graphs need a folder"),
        ([str(SELFIE), "-o", "x.svg", "--expand", "Nothing"], 1, "There is no subgraph"),
        ([str(SELFIE), "-o", "x.svg", "--options", "some"], 2, "none, short, all"),
        ([str(SELFIE), "-o", "no/folder/x.svg"], 1, "folder"),
        ([str(SELFIE), "--diff", "-o", "x.html"], 2, "needs two graphs"),
    ],
)
def test_errors_are_one_line_and_nothing_is_written(
    arguments: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["viz", *arguments]) == code
    out, err = capsys.readouterr()
    assert message in err
    assert err.count("\n") == 1 and not out
    assert not list(tmp_path.iterdir())


def test_name_of_a_shipped_graph_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["viz", "selfie_segmentation_cpu.pbtxt", "-o", "x.dot"]) == 0
    assert "SelfieSegmentationCpu" in Path("x.dot").read_text(encoding="utf-8")


def test_unknown_calculators_are_drawn_without_alarm(tmp_path: Path) -> None:
    graph, target = tmp_path / "graph.pbtxt", tmp_path / "graph.svg"
    graph.write_text(
        'input_stream: "a" node { calculator: "ForeignCalculator" input_stream: "a" }', encoding="utf-8"
    )
    assert run(["viz", str(graph), "-o", str(target)]) == 0
    text = target.read_text(encoding="utf-8")
    assert 'class="box node kind-unknown"' in text and 'class="alarm' not in text


@pytest.mark.parametrize("name", ["graph.svg", "graph.html"])
def test_structure_has_no_errors(name: str, tmp_path: Path) -> None:
    graph, target = tmp_path / "graph.pbtxt", tmp_path / name
    graph.write_text('node { calculator: "PassThroughCalculator" input_stream: "nowhere" }', encoding="utf-8")
    texts = []
    for arguments in ([], ["--structure"]):
        assert run(["viz", str(graph), "-o", str(target), *arguments]) == 0
        texts.append(target.read_text(encoding="utf-8"))
    assert ["does not have a corresponding output stream" in text for text in texts] == [True, False]


def test_graph_with_errors_is_drawn(tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('node { calculator: "Missing" input_stream: "nowhere" }', encoding="utf-8")
    assert run(["viz", str(graph), "-o", str(tmp_path / "graph.svg")]) == 0
    assert "has-error" in (tmp_path / "graph.svg").read_text(encoding="utf-8")


def test_drawing_imports_no_heavy_modules() -> None:
    code = (
        "import sys; from mpgraph.visualizer import to_svg; "
        "to_svg('node { calculator: \"PassThroughCalculator\" }'); "
        "print([m for m in ('cv2', 'av', 'networkx', 'resvg_py', 'ai_edge_litert') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    assert done.stdout.strip() == "[]"


def test_page_starts_with_the_drawing_options(tmp_path: Path) -> None:
    target = tmp_path / "graph.html"
    assert run(["viz", str(SELFIE), "-o", str(target), "--expand", "SelfieSegmentationCpu", "--dark"]) == 0
    page = target.read_text(encoding="utf-8")
    assert '"expanded":["selfiesegmentationcpu"],"dark":true' in page.lower()
    assert run(["viz", str(SELFIE), "-o", str(target), "--types"]) == 2
