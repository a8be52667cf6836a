"""Skip the model: a cheap detector decides which frames it receives (GateCalculator)."""

from __future__ import annotations

from pathlib import Path

import cv2

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image


@mp.calculator("MotionDetectorCalculator")
def is_moving(now: mp.ImageFrame, before: mp.ImageFrame | None, *, level: float = 2.0) -> bool:
    """Whether a frame differs from the previous one. level: the mean difference, in gray levels."""
    return before is None or cv2.absdiff(now.numpy_view(), before.numpy_view()).mean() > level


def main() -> None:
    """Send frames of a portrait that rests, is mirrored, and rests again."""
    portrait = read_image(demo_image())
    mirrored = portrait[:, ::-1].copy()
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:
        graph.observe_output_stream(
            "mask", lambda _, packet: print(f"segmented frame {packet.timestamp.value}")
        )
        graph.start_run()
        for time, pixels in enumerate((portrait, portrait, mirrored, mirrored, mirrored)):
            frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=pixels)
            graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, time))


if __name__ == "__main__":
    main()
