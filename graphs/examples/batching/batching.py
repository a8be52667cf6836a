"""Batching: collect inputs, compute on several at once, send each result at the time of its input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np

import mpgraph as mp


@mp.register
class BatchedBrightnessCalculator(mp.Calculator):
    """The mean grey level of pictures of one size, computed for a whole batch in one call."""

    image = mp.Input("IMAGE", mp.ImageFrame)
    brightness = mp.Output("BRIGHTNESS", float)

    @dataclass
    class Options:
        """batch_size: how many pictures make a batch; the last one may have fewer."""

        batch_size: Annotated[int, mp.Range(1, 1024)] = 8

    def open(self, cc: mp.CalculatorContext) -> None:
        """Begin with an empty batch."""
        self.batch: list[mp.Packet] = []
        self.size = cc.options_as(self.Options).batch_size

    def process(self, cc: mp.CalculatorContext) -> None:
        """Keep the picture; compute when the batch is full."""
        self.batch.append(cc.packet(self.image))
        if len(self.batch) == self.size:
            self.flush(cc)

    def close(self, cc: mp.CalculatorContext) -> None:
        """Compute what is left."""
        if self.batch:
            self.flush(cc)

    def flush(self, cc: mp.CalculatorContext) -> None:
        """Compute on the batch. A model would run here, once."""
        pictures = np.stack([packet.payload.numpy_view() for packet in self.batch])
        for packet, mean in zip(self.batch, pictures.mean(axis=(1, 2, 3)), strict=True):
            cc.emit(self.brightness, float(mean), packet.timestamp)
        self.batch.clear()


def main() -> None:
    """Ten frames: two batches of four, and one of two when the input ends."""
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
