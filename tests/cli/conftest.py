from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from mpgraph.cli.app import run
from mpgraph.cli.native_stderr import native_stderr_buffered
from mpgraph.media.video_writer import VideoWriter

FLIP = """
input_stream: "input_video"
output_stream: "output_video"
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "input_video"
  input_stream: "FINISHED:output_video"
  input_stream_info { tag_index: "FINISHED" back_edge: true }
  output_stream: "one_at_a_time"
}
node {
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:one_at_a_time"
  output_stream: "IMAGE:output_video"
  node_options {
    [type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions] { flip_vertically: true }
  }
}
"""


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A function that runs `mpgraph ARGUMENTS...` in this process."""
    monkeypatch.delenv("MPGRAPH_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: str | Path) -> Outcome:
        capfd.readouterr()
        with native_stderr_buffered():
            code = run([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    return call


@pytest.fixture
def flip_graph(tmp_path: Path) -> Path:
    """A graph that turns images upside down, and drops frames that arrive while it is busy."""
    file = tmp_path / "flip.pbtxt"
    file.write_text(FLIP, encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def make_clip() -> Callable[..., Path]:
    """A function that writes a video at 29.97 fps, bright above and dark below."""

    def make(path: Path, frames: int, width: int = 64, height: int = 48) -> Path:
        rate = Fraction(30000, 1001)
        image = np.zeros((height, width, 3), np.uint8)
        image[: height // 2] = 220
        with VideoWriter(path, width, height, rate) as writer:
            for i in range(frames):
                writer.write(image, round(i * 1_000_000 / rate))
        return path

    return make


@pytest.fixture
def clip(tmp_path: Path, make_clip: Callable[..., Path]) -> Path:
    """A video of 12 frames, 64x48."""
    return make_clip(tmp_path / "clip.mp4", 12)


Save = Callable[[Path, str], None]


@pytest.fixture
def save() -> Save:
    """A function that writes a file with a new mtime, however coarse the file system's clock is.

    The file is replaced as a whole: on a busy machine a watcher might otherwise load it while it is empty.
    """

    def write(file: Path, text: str) -> None:
        before = file.stat().st_mtime_ns if file.exists() else 0
        unfinished = file.with_name(f"{file.name}.unfinished")
        unfinished.write_text(text, "utf-8")
        now = max(before + 1, unfinished.stat().st_mtime_ns)
        os.utime(unfinished, ns=(now, now))
        unfinished.replace(file)

    return write
