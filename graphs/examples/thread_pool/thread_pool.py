"""Models on a thread pool: two copies run in parallel, results are in order; built-in calculators only."""

from __future__ import annotations

from pathlib import Path

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image


def main() -> None:
    """Send eight frames through two models."""
    frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=read_image(demo_image()))
    times: list[int] = []
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:
        graph.observe_output_stream("mask", lambda _, packet: times.append(packet.timestamp.value))
        graph.start_run()
        for time in range(8):
            graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, time))
    print(f"masks at {times}")


if __name__ == "__main__":
    main()
