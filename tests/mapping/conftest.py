"""Graphs, files and calculators for the tests of `map_graph`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mpgraph.media.images import write_image
from mpgraph.media.video_writer import VideoWriter

FLIP = """
input_stream: "input_video"
output_stream: "output_video"
node {
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:input_video"
  output_stream: "IMAGE:output_video"
  node_options {
    [type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions] { flip_vertically: true }
  }
}
"""

# Images darker than 10 fail; those between 10 and 20 kill the process: until the file "tried" next to the
# module exists if darker than 15, and always if not.
MEASURING = """
import os, signal
from pathlib import Path
import mpgraph as mp

@mp.register
class MapTestLevel(mp.Calculator):
    image = mp.Input("", mp.ImageFrame)
    level = mp.Output("LEVEL", float)
    name = mp.Output("NAME", str)

    def process(self, cc):
        level = float(cc[self.image].numpy_view().mean())
        if level < 10:
            raise ValueError("too dark")
        tried = Path(__file__).with_name("tried")
        if level < 15 and not tried.exists():
            tried.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if 15 <= level < 20:
            os.kill(os.getpid(), signal.SIGKILL)
        cc.emit(self.level, level)
        if level > 100:
            cc.emit(self.name, "bright")
"""


@pytest.fixture
def flip(tmp_path: Path) -> Path:
    """A graph that turns images upside down."""
    file = tmp_path / "flip.pbtxt"
    file.write_text(FLIP, "utf-8")
    return file


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None) -> Path:
    """A graph that measures images with a calculator of the module map_test_module."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "map_test_module.py").write_text(MEASURING, "utf-8")
    monkeypatch.syspath_prepend(folder)
    __import__("map_test_module")
    file = tmp_path / "measure.pbtxt"
    file.write_text(
        """
        input_stream: "input_video"
        output_stream: "level"
        output_stream: "name"
        node {
          calculator: "MapTestLevel"
          input_stream: "input_video"
          output_stream: "LEVEL:level"
          output_stream: "NAME:name"
        }
        """,
        "utf-8",
    )
    return file


Images = Callable[..., Path]


@pytest.fixture
def images(tmp_path: Path) -> Images:
    """A function that writes images of one level each, by name, and returns their folder."""

    def write(folder: str = "in", **levels: int) -> Path:
        target = tmp_path / folder
        target.mkdir(parents=True, exist_ok=True)
        for name, level in levels.items():
            write_image(target / f"{name}.png", np.full((12, 16, 3), level, np.uint8))
        return target

    return write


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A video of 5 frames, 64x48, bright above."""
    file = tmp_path / "in" / "clip.mov"
    file.parent.mkdir(exist_ok=True)
    image = np.zeros((48, 64, 3), np.uint8)
    image[:24] = 220
    with VideoWriter(file, 64, 48, 25) as writer:
        for i in range(5):
            writer.write(image, i * 40_000)
    return file
