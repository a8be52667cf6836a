"""Python files as graphs, in `run`, `check` and `viz`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.media.video_reader import VideoReader

INVERT = """
import mpgraph as mp

@mp.calculator
def python_graph_invert(image: mp.ImageFrame, /) -> mp.ImageFrame:
    pixels = 255 - image.numpy_view()
    return mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=pixels)

def make():
    graph = mp.GraphBuilder()
    frames = graph.input("input_video", mp.ImageFrame)
    graph.output("output_video", graph.node("PythonGraphInvertCalculator", frames).output())
    return graph
"""
SHORT = """
import mpgraph as mp
def make():
    graph = mp.GraphBuilder()
    graph.output("out", graph.node("PassThroughCalculator", graph.input("in")).output())
    return graph
"""


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None) -> Any:
    """Writes the file pipeline.py into the working directory."""
    monkeypatch.chdir(tmp_path)
    return lambda text: (tmp_path / "pipeline.py").write_text(text)


@pytest.mark.parametrize(
    ("end", "argument"),
    {
        "a builder at module level": ("graph = make()", "pipeline.py"),
        "one builder under two names": ("graph = same = make()", "pipeline.py"),
        "build()": ("def build(): return make()", "pipeline.py"),
        "the only function that returns one": ("def f() -> mp.GraphBuilder: return make()", "pipeline.py"),
        "one of several builders": ("a = make()\nb = make()", "pipeline.py:b"),
        "one of several functions": ("def a(): return make()\ndef b(): return make()", "pipeline.py:b"),
        "a builder, although there is build()": ("a = make()\ndef build(): 1 / 0", "pipeline.py:a"),
    }.values(),
)
def test_where_the_graph_is(cli: Any, pipeline: Any, end: str, argument: str) -> None:
    pipeline(SHORT + end)
    assert cli("check", argument) == (0, f"{argument}: ok\n", "")


@pytest.mark.parametrize(
    ("text", "argument", "expected"),
    {
        "no graph": ("", "pipeline.py", '"pipeline.py" has no graph. Assign a GraphBuilder'),
        "several": (
            SHORT + "a = make()\nb = make()",
            "pipeline.py",
            '"pipeline.py" has several graphs: a, b. Name one of them: pipeline.py:a.',
        ),
        "unknown name": (SHORT + "frames = make()", "pipeline.py:frame", 'Did you mean "frames"?'),
        "no builder": ("a = 1", "pipeline.py:a", '"a" in "pipeline.py" is an int, neither'),
        "build() returns something else": ("def build(): return 3", "pipeline.py", "returned an int"),
        "build() fails": (
            "def build():\n    return 1 / 0",
            "pipeline.py",
            'pipeline.py:2:12: error: build() in "pipeline.py" failed: ZeroDivisionError',
        ),
        "an error in the graph": (
            "import mpgraph as mp\ngraph = mp.GraphBuilder()\ngraph.node('PassThroughCalculatr')",
            "pipeline.py",
            'pipeline.py:3:1: error: Unable to find Calculator "PassThroughCalculatr"',
        ),
        "a syntax error": ("graph = (", "pipeline.py", "pipeline.py:1:"),
    }.values(),
)
def test_what_is_wrong(cli: Any, pipeline: Any, text: str, argument: str, expected: str) -> None:
    pipeline(text)
    code, _, err = cli("check", argument)
    assert code == 1
    assert expected in err
    assert "Traceback" not in err


def test_missing_file_is_an_error(cli: Any, pipeline: Any) -> None:
    pipeline(SHORT)
    code, _, err = cli("run", "pipelin.py")
    assert code == 1
    assert 'there is no file "pipelin.py". Did you mean "pipeline.py"?' in err


def test_run_writes_a_video(cli: Any, pipeline: Any, clip: Path, tmp_path: Path) -> None:
    pipeline(INVERT + "graph = make()")
    assert cli("run", "pipeline.py", "-i", clip, "-o", "out.mp4")[0] == 0
    with VideoReader(clip) as before, VideoReader(tmp_path / "out.mp4") as after:
        for old, new in zip(before, after, strict=True):
            assert abs(255 - old.pixels.mean() - new.pixels.mean()) < 4


def test_viz_draws_it(cli: Any, pipeline: Any, tmp_path: Path) -> None:
    pipeline(SHORT + "graph = make()\nother = make()")
    assert cli("viz", "pipeline.py:graph", "-o", "drawing.svg")[0] == 0
    assert "PassThroughCalculator" in (tmp_path / "drawing.svg").read_text()
    assert cli("viz", "pipeline.py:graph", "pipeline.py:other", "--diff", "-o", "page.html")[0] == 0
