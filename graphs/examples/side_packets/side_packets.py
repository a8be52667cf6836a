"""Configuration that is known before the first frame: side packets.

mpgraph run side_packets.pbtxt --module side_packets.py -s model_selection=1,level=0.8 --webcam 0
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image


@mp.calculator
def binary_mask(mask: mp.ImageFrame, level: mp.SidePacket[float] = 0.5) -> mp.ImageFrame:
    """255 where a mask is above the level, 0 elsewhere."""
    binary = (mask.numpy_view() > level).astype(np.uint8) * 255
    return mp.ImageFrame.wrap(binary, mp.ImageFormat.GRAY8)


def main() -> None:
    """Start one graph three times, with different side packets."""
    frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=read_image(demo_image()))
    graph = mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt"))
    masks: list[mp.ImageFrame] = []
    graph.observe_output_stream("binary_mask", lambda _, packet: masks.append(packet.payload))
    for model, level in ((0, 0.1), (0, 0.9), (1, 0.9)):
        with graph:
            graph.start_run({"model_selection": mp.make_packet(model), "level": mp.make_packet(level)})
            graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, 0))
        print(f"model {model}, level {level}: {(masks[-1].numpy_view() > 0).mean():.1%} of the image")


if __name__ == "__main__":
    main()
