"""Long runs: frames of alternating sizes, and graphs that are created and closed again and again.

What grows is seen in the figures of memory, threads and open files.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
from part import DIFFERENCE, RUN, Outcome, Part, Settings

import mpgraph as mp

SIZES = ((48, 64), (96, 128), (144, 256), (33, 65))
GRAPH = """
input_stream: "in"
output_stream: "out"
node { calculator: "FlowLimiterCalculator" input_stream: "in" input_stream: "FINISHED:out"
  input_stream_info { tag_index: "FINISHED" back_edge: true } output_stream: "a" }
node { calculator: "ImageTransformationCalculator" input_stream: "IMAGE:a" output_stream: "IMAGE:out"
  options { [mediapipe.ImageTransformationCalculatorOptions.ext] { output_width: 32 output_height: 32 } } }
"""


class Endurance(Part[tuple[str, int, int]]):
    """An input is a step of the run: a frame for a solution or for a graph, or a whole life of a graph."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._segmentation: Any = mp.solutions.selfie_segmentation.SelfieSegmentation()
        self._received = 0
        self._graph = self._start()
        self._t = 0

    def _start(self) -> mp.CalculatorGraph:
        graph = mp.CalculatorGraph(graph_config=GRAPH)
        graph.observe_output_stream("out", self._receive)
        graph.start_run()
        return graph

    def _receive(self, name: str, packet: mp.Packet) -> None:
        self._received += 1

    def make(self, choose: random.Random) -> tuple[str, int, int]:
        """Choose a step, the size of the frame, and its brightness."""
        kind = choose.choices(("frame", "solution", "life"), (10, 2, 1))[0]
        return kind, choose.randrange(len(SIZES)), choose.randrange(256)

    def run(self, given: tuple[str, int, int]) -> Outcome:
        """Take the step."""
        kind, size, level = given
        pixels = np.full((*SIZES[size], 3), level, np.uint8)
        if kind == "solution":
            mask = self._segmentation.process(pixels).segmentation_mask
            right = mask.shape == SIZES[size]
        else:
            graph = self._start() if kind == "life" else self._graph
            before = self._received
            self._t += 1
            image = mp.ImageFrame(mp.ImageFormat.SRGB, pixels)
            packet = mp.packet_creator.create_image_frame(image).at(self._t)
            graph.add_packet_to_input_stream("in", packet)
            graph.wait_until_idle()
            right = self._received == before + 1
            if kind == "life":
                graph.close()
        return Outcome(RUN) if right else Outcome(DIFFERENCE, f"{given}: no result, or one of another size")


create = Endurance
