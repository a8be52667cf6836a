"""The examples in graphs/examples: each runs, has no errors, and is quoted in the README."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "graphs" / "examples"

# Example -> a line of its output.
EXPECTED = {
    "batching": "frame 9: 90",
    "custom_blur": "detail before 29.5, after 1.6",
    "every_nth_frame": "masks at [0, 133332, 266664], 10 frames",
    "frame_difference": "frame 2: 10 columns moved",
    "gate_by_detector": "segmented frame 2",
    "graph_in_python": "upper left pixel, before [153 150 157], now",
    "moving_average": "0 0 3 6 9",
    "onnx_model": "8.4% of 512x512 pixels lie on an edge",
    "replay_recording": "fixed: [0.25, 0.5]",
    "side_packets": "model 1, level 0.9: 50.6% of the image",
    "source_calculator": "0.08 s: [0, 255, 102]",
    "switch_models": "frame 1: 55.1% of the image is a person",
    "thread_pool": "masks at [0, 1, 2, 3, 4, 5, 6, 7]",
    "two_cameras": "  33.3 ms: left 11, right 200",
}

each_example = pytest.mark.parametrize("name", sorted(EXPECTED))


def python(*arguments: str | Path, folder: Path) -> str:
    """Run Python as a user does, without the checkout on the path."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MPGRAPH")}
    completed = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout


def test_readme_table_lists_every_example() -> None:
    folders = {file.parent.name for file in EXAMPLES.glob("*/*.py")}
    assert folders == set(EXPECTED)


@each_example
def test_example_runs(name: str, tmp_path: Path) -> None:
    printed = python("-W", "error", EXAMPLES / name / f"{name}.py", folder=tmp_path)
    assert EXPECTED[name] in printed


@each_example
def test_graph_has_no_error(name: str, tmp_path: Path) -> None:
    graph = EXAMPLES / name / f"{name}.pbtxt"
    printed = python("-m", "mpgraph", "check", graph, "--module", graph.with_suffix(".py"), folder=tmp_path)
    assert printed == f"{graph}: ok\n"


@each_example
def test_drawing_is_up_to_date(name: str, tmp_path: Path) -> None:
    """`python tools/drawings.py` updates the drawings."""
    graph = EXAMPLES / name / f"{name}.pbtxt"
    drawing = tmp_path / "drawing.svg"
    python(
        "-m", "mpgraph", "viz", graph, "-o", drawing, "--module", graph.with_suffix(".py"), folder=tmp_path
    )
    assert drawing.read_text("utf-8") == graph.with_suffix(".svg").read_text("utf-8")


@each_example
def test_readme_shows_the_example(name: str) -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"({name}/{name}.py)" in text and f"({name}/{name}.svg)" in text


def test_python_graph_equals_the_text(tmp_path: Path) -> None:
    python(EXAMPLES / "graph_in_python" / "graph_in_python.py", folder=tmp_path)
    committed = EXAMPLES / "graph_in_python" / "graph_in_python.pbtxt"
    assert (tmp_path / committed.name).read_text("utf-8") == committed.read_text("utf-8")


def test_tests_of_examples_pass() -> None:
    python("-m", "pytest", "-q", "-p", "no:cacheprovider", ".", folder=EXAMPLES / "moving_average")
