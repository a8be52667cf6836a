"""A source: a generator that yields packets; the graph requests the next one when a queue has room.

mpgraph run source_calculator.pbtxt --module source_calculator.py --output-video wheel.mp4
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np

import mpgraph as mp


@mp.calculator
def color_wheel(
    *, count: Annotated[int, mp.Range(1)] = 180, frame_rate: Annotated[float, mp.Range(0.1, 1000)] = 30.0
) -> Iterator[tuple[mp.Timestamp, mp.ImageFrame]]:
    """Frames of a single color each, once around the color wheel."""
    for i in range(count):
        hsv = np.full((144, 256, 3), (180 * i // count, 255, 255), np.uint8)
        rgb = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
        time = mp.Timestamp.from_seconds(i / frame_rate)
        yield time, mp.ImageFrame.wrap(rgb.astype(np.uint8, copy=False), mp.ImageFormat.SRGB)


def main() -> None:
    """Run the source until it is exhausted."""
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:

        def show(_: str, packet: mp.Packet) -> None:
            print(f"{packet.timestamp.seconds():.2f} s: {packet.payload.numpy_view()[0, 0].tolist()}")

        graph.observe_output_stream("frames", show)
        graph.run()


if __name__ == "__main__":
    main()
