"""Batching: collect inputs, process several at once, emit each result at the timestamp of its input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np

import mpgraph as mp


@mp.register
class BatchedBrightnessCalculator(mp.Calculator):
    """The mean gray level of images of one size, computed for a whole batch in one call."""

    image = mp.Input("IMAGE", mp.ImageFrame)
    brightness = mp.Output("BRIGHTNESS", float)

    @dataclass
    class Options:
        """batch_size: how many images a batch has; the last one may have fewer."""

        batch_size: Annotated[int, mp.Range(1, 1024)] = 8

    def open(self, cc: mp.CalculatorContext) -> None:
        """Start with an empty batch."""
        self.batch: list[mp.Packet] = []
        self.size = cc.options_as(self.Options).batch_size

    def process(self, cc: mp.CalculatorContext) -> None:
        """Collect the image; process the batch once it is full."""
        self.batch.append(cc.packet(self.image))
        if len(self.batch) == self.size:
            self.flush(cc)

    def close(self, cc: mp.CalculatorContext) -> None:
        """Process the images that remain."""
        if self.batch:
            self.flush(cc)

    def flush(self, cc: mp.CalculatorContext) -> None:
        """Process the batch. A model would run here, once."""
        images = np.stack([packet.payload.numpy_view() for packet in self.batch])
        for packet, mean in zip(self.batch, images.mean(axis=(1, 2, 3)), strict=True):
            cc.emit(self.brightness, float(mean), packet.timestamp)
        self.batch.clear()


def main() -> None:
    """Send ten frames: two batches of four, and one of two when the input closes."""
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:
        graph.observe_output_stream(
            "brightness", lambda _, packet: print(f"frame {packet.timestamp.value}: {packet.payload:.0f}")
        )
        graph.start_run()
        for time in range(10):
            frame = mp.ImageFrame.wrap(np.full((24, 32, 3), 10 * time, np.uint8), mp.ImageFormat.SRGB)
            graph.add_packet_to_input_stream("input_video", mp.make_packet(frame, time))


if __name__ == "__main__":
    main()
