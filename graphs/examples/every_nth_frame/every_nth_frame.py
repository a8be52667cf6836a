"""Inference on every nth frame, its result on every frame, with built-in calculators only.

mpgraph run every_nth_frame.pbtxt --webcam 0
"""

from __future__ import annotations

from pathlib import Path

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image


def main() -> None:
    """Send ten frames, 33 ms apart: three masks, ten output frames."""
    frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=read_image(demo_image()))
    masks: list[int] = []
    frames: list[int] = []
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:
        graph.observe_output_stream("fresh_mask", lambda _, packet: masks.append(packet.timestamp.value))
        graph.observe_output_stream("output_video", lambda _, packet: frames.append(packet.timestamp.value))
        graph.start_run()
        for i in range(10):
            graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, 33_333 * i))
    print(f"masks at {masks}, {len(frames)} frames")


if __name__ == "__main__":
    main()
