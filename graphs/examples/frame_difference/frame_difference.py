"""What moved since the previous frame: a stream delayed by one frame (PreviousLoopback).

mpgraph run frame_difference.pbtxt --module frame_difference.py --webcam 0
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import mpgraph as mp


@mp.calculator
def frame_difference(now: mp.ImageFrame, before: mp.ImageFrame | None) -> mp.ImageFrame:
    """The absolute difference of two frames; black for the first frame, which has no previous one."""
    pixels = now.numpy_view()
    earlier = pixels if before is None else before.numpy_view()
    return mp.ImageFrame.wrap(cv2.absdiff(pixels, earlier), now.image_format)


def square_at(x: int) -> mp.ImageFrame:
    """A white square of 20 x 20 pixels on black."""
    frame = np.zeros((60, 160, 3), np.uint8)
    frame[20:40, x : x + 20] = 255
    return mp.ImageFrame.wrap(frame, mp.ImageFormat.SRGB)


def main() -> None:
    """Send frames of a square that rests, moves by five pixels, and rests again."""
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:

        def show(_: str, packet: mp.Packet) -> None:
            moved = packet.payload.numpy_view()[..., 0].any(axis=0).sum()
            print(f"frame {packet.timestamp.value}: {moved} columns moved")

        graph.observe_output_stream("output_video", show)
        graph.start_run()
        for time, x in enumerate((10, 10, 15, 15)):
            graph.add_packet_to_input_stream("input_video", mp.make_packet(square_at(x), time))


if __name__ == "__main__":
    main()
