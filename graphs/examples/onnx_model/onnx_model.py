"""A calculator around any library: here OpenCV's dnn module, which reads ONNX models.

`edges.onnx` in this folder is a 3x3 convolution with the two Sobel filters, then Abs.

    mpgraph run onnx_model.pbtxt --module onnx_model.py --input-image me.jpg --output-image edges.png
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

import mpgraph as mp
from mpgraph.framework.resources import demo_image
from mpgraph.media.images import read_image

MODEL = Path(__file__).with_name("edges.onnx")


@mp.register
class OnnxEdgesCalculator(mp.Calculator):
    """Edges of an image. IMAGE: RGB; EDGES: gray, bright where the image changes."""

    image = mp.Input("IMAGE", mp.ImageFrame)
    edges = mp.Output("EDGES", mp.ImageFrame)
    timestamp_offset = 0
    blocking = True  # The model runs long without the GIL, so run it on a thread of the pool.

    @dataclass
    class Options:
        """gain: factor from the gray levels of an edge in the image to those of the output."""

        gain: float = 1.0

    def open(self, cc: mp.CalculatorContext) -> None:
        """Load the model, once for each run."""
        self.network = cv2.dnn.readNetFromONNX(str(MODEL))
        self.gain = cc.options_as(self.Options).gain

    def process(self, cc: mp.CalculatorContext) -> None:
        """Run the model on one image."""
        gray = cv2.cvtColor(cc[self.image].numpy_view(), cv2.COLOR_RGB2GRAY)
        self.network.setInput(cv2.dnn.blobFromImage(gray.astype(np.float32)))
        across, down = np.asarray(self.network.forward(), np.float32)[0]
        shown = np.clip(self.gain * (across + down) / 2, 0, 255).astype(np.uint8)
        cc.emit(self.edges, mp.ImageFrame.wrap(shown, mp.ImageFormat.GRAY8))


def main() -> None:
    """Find the edges in the portrait that is shipped with mpgraph."""
    frame = mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=read_image(demo_image()))
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:

        def show(_: str, packet: mp.Packet) -> None:
            pixels = packet.payload.numpy_view()
            print(f"{(pixels > 64).mean():.1%} of {pixels.shape[1]}x{pixels.shape[0]} pixels lie on an edge")

        graph.observe_output_stream("output_video", show)
        graph.start_run()
        graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, 0))


if __name__ == "__main__":
    main()
