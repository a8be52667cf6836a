"""The graphs of selfie effects: a steady matte, and people in front of a new background."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.framework import resources
from mpgraph.framework.packet import make_packet
from mpgraph.gpu import upload
from mpgraph.solutions.solution_base import SolutionBase

FOLDER = resources.shipped_graphs() / "selfie_effects"
GRAPHS = sorted(FOLDER.glob("*.pbtxt"))
IN_THE_PERSON, IN_THE_BACKGROUND = (110, 225), (60, 420)
BLUE = (30, 144, 255)

VIDEO_BEHIND = """
    input_stream: "image"
    input_stream: "waves"
    output_stream: "composed"
    node {
      calculator: "SelfieMatteCpu"
      input_stream: "IMAGE:image"
      output_stream: "MATTE:matte"
    }
    node {
      calculator: "ComposeCalculator"
      input_stream: "IMAGE:image"
      input_stream: "MATTE:matte"
      input_stream: "BACKGROUND:waves"
      output_stream: "IMAGE:composed"
    }
"""


def through(graph: Path, images: list[Any]) -> list[mp.Packet]:
    """The results for frames, sent one by one and waited for, so that none is dropped."""
    found: list[mp.Packet] = []
    with mp.CalculatorGraph(graph_path=str(graph)) as running:
        running.observe_output_stream("output_video", lambda name, packet: found.append(packet))
        running.start_run()
        for time, image in enumerate(images):
            running.add_packet_to_input_stream("input_video", make_packet(image).at(33_333 * time))
            running.wait_until_idle()
    return found


def test_people_are_put_before_a_color(portrait: Any) -> None:
    frame = mp.ImageFrame(mp.ImageFormat.SRGB, portrait)
    [*_, last] = through(FOLDER / "selfie_background_cpu.pbtxt", [frame] * 4)
    pixels = last.payload.pixels
    assert tuple(pixels[IN_THE_BACKGROUND]) == BLUE
    assert (pixels[IN_THE_PERSON] == portrait[IN_THE_PERSON]).all()


def test_results_are_equal_on_the_gpu(portrait: Any) -> None:
    frame = mp.ImageFrame(mp.ImageFormat.SRGB, portrait)
    on_cpu = through(FOLDER / "selfie_background_cpu.pbtxt", [frame] * 3)
    on_gpu = through(FOLDER / "selfie_background_gpu.pbtxt", [upload(frame) for _ in range(3)])
    for one, other in zip(on_cpu, on_gpu, strict=True):
        difference = one.payload.pixels.astype(int) - other.payload.to_frame().pixels
        assert (np.abs(difference) <= 3).mean() > 0.995


def test_a_video_may_be_behind_people(portrait: Any) -> None:
    with SolutionBase(graph_config=VIDEO_BEHIND) as graph:
        for level in (40, 90):
            waves = np.full((90, 160, 3), level, np.uint8)
            composed = graph.process({"image": portrait, "waves": waves}).composed
            assert (composed[IN_THE_BACKGROUND] == level).all()
            assert (composed[IN_THE_PERSON] == portrait[IN_THE_PERSON]).all()


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.stem)
def test_drawing_is_up_to_date(graph: Path, tmp_path: Path) -> None:
    """`python tools/drawings.py` updates the drawings."""
    drawing = tmp_path / "drawing.svg"
    subprocess.run([sys.executable, "-m", "mpgraph", "viz", str(graph), "-o", str(drawing)], check=True)
    assert drawing.read_text("utf-8") == graph.with_suffix(".svg").read_text("utf-8")
