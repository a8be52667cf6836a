"""A custom calculator in five lines: a function whose signature is the contract.

Run it on an image of yours:

    mpgraph run custom_blur.pbtxt --module custom_blur.py --input-image me.jpg --output-image soft.png
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image


@mp.calculator(blocking=True)
def custom_blur(image: mp.ImageFrame, *, radius: Annotated[int, mp.Range(1, 50)] = 5) -> mp.ImageFrame:
    """Blur an image. radius: of the blur, in pixels."""
    size = 2 * radius + 1
    soft = cv2.GaussianBlur(image.numpy_view(), (size, size), 0)
    return mp.ImageFrame.wrap(soft, image.image_format)


def main() -> None:
    """Blur the portrait that is shipped with mpgraph, and print how much detail is lost."""
    portrait = read_image(demo_image())
    results: list[mp.ImageFrame] = []
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:
        graph.observe_output_stream("output_video", lambda _, packet: results.append(packet.payload))
        graph.start_run()
        frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=portrait)
        graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, 0))
    before, after = (
        cv2.Laplacian(pixels, cv2.CV_64F).std() for pixels in (portrait, results[0].numpy_view())
    )
    print(f"detail before {before:.1f}, after {after:.1f}")


if __name__ == "__main__":
    main()
