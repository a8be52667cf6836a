"""Long runs: what grows is seen in the figures of memory, threads and open files.

The variants are frames of one size, frames of alternating sizes, and lives: graphs and solutions that are
created and closed again and again.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import numpy as np
from part import DIFFERENCE, RUN, Outcome, Part, Settings

import mpgraph as mp

SIZES = ((144, 256), (48, 64), (96, 128), (33, 65))
GRAPH = """
input_stream: "in"
output_stream: "out"
node { calculator: "FlowLimiterCalculator" input_stream: "in" input_stream: "FINISHED:out"
  input_stream_info { tag_index: "FINISHED" back_edge: true } output_stream: "a" }
node { calculator: "ImageTransformationCalculator" input_stream: "IMAGE:a" output_stream: "IMAGE:out"
  options { [mediapipe.ImageTransformationCalculatorOptions.ext] { output_width: 32 output_height: 32 } } }
"""
# OpenCV keeps 0.85 kB of every thread that has run its parallel functions, for ever (opencv/opencv issue
# 19727), so the threads of graphs that end run something else.
ON_THREADS = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" executor: "pool" }
executor { name: "pool" type: "ThreadPoolExecutor"
  options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 2 } } }
"""


class Step(NamedTuple):
    """What one step of the run feeds, the size of the frame, and its brightness."""

    feeds: str
    size: tuple[int, int]
    level: int


class Fed:
    """A running graph."""

    def __init__(self, text: str) -> None:
        self._received = 0
        self._t = 0
        self.graph = mp.CalculatorGraph(graph_config=text)
        self.graph.observe_output_stream("out", self._receive)
        self.graph.start_run()

    def _receive(self, name: str, packet: mp.Packet) -> None:
        self._received += 1

    def feed(self, pixels: np.ndarray[Any, Any]) -> bool:
        """Feed an image; return whether one comes out."""
        before = self._received
        self._t += 1
        image = mp.ImageFrame(mp.ImageFormat.SRGB, pixels)
        self.graph.add_packet_to_input_stream("in", mp.packet_creator.create_image_frame(image).at(self._t))
        self.graph.wait_until_idle()
        return self._received == before + 1


def _segmentation() -> Any:
    return mp.solutions.selfie_segmentation.SelfieSegmentation()


def _segments(segmentation: Any, pixels: np.ndarray[Any, Any]) -> bool:
    return bool(segmentation.process(pixels).segmentation_mask.shape == pixels.shape[:2])


class Endurance(Part[Step]):
    """An input is a step of the run: a frame for a graph or a solution, or a whole life of one."""

    def __init__(self, settings: Settings, kind: str) -> None:
        super().__init__(settings)
        self._lives = kind == "lives"
        self._sizes = SIZES[:1] if kind == "frames" else SIZES
        self._segmentation = _segmentation()
        self._graph = Fed(GRAPH)

    def make(self, choose: random.Random) -> Step:
        """Choose a step."""
        feeds = choose.choices(("graph", "on threads", "solution"), (4, self._lives * 4, 1))[0]
        return Step(feeds, choose.choice(self._sizes), choose.randrange(256))

    def run(self, given: Step) -> Outcome:
        """Take the step."""
        pixels = np.full((*given.size, 3), given.level, np.uint8)
        right = self._life(given, pixels) if self._lives else self._frame(given, pixels)
        return Outcome(RUN) if right else Outcome(DIFFERENCE, f"{given}: no result, or one of another size")

    def _frame(self, given: Step, pixels: np.ndarray[Any, Any]) -> bool:
        if given.feeds == "solution":
            return _segments(self._segmentation, pixels)
        return self._graph.feed(pixels)

    def _life(self, given: Step, pixels: np.ndarray[Any, Any]) -> bool:
        if given.feeds == "solution":
            with _segmentation() as segmentation:
                return _segments(segmentation, pixels)
        life = Fed(GRAPH if given.feeds == "graph" else ON_THREADS)
        right = life.feed(pixels)
        life.graph.close()
        return right


create = Endurance
