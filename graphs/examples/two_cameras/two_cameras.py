"""Two cameras side by side, each at its own frame rate: unsynchronized input streams (SyncSet)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import mpgraph as mp


@mp.register
class SideBySideCalculator(mp.Calculator):
    """Places the latest frames of two cameras side by side. LEFT, RIGHT: RGB of one size."""

    left = mp.Input("LEFT", mp.ImageFrame)
    right = mp.Input("RIGHT", mp.ImageFrame)
    both = mp.Output("", mp.ImageFrame)

    def open(self, cc: mp.CalculatorContext) -> None:
        """Start without frames."""
        self.latest: dict[str, mp.ImageFrame] = {}

    def process(self, cc: mp.CalculatorContext) -> None:
        """Keep the frames that arrived, and emit an image once both cameras have sent a frame."""
        for port in (self.left, self.right):
            if cc.has(port):
                self.latest[port.tag] = cc[port]
        if len(self.latest) == 2:
            views = [self.latest[tag].numpy_view() for tag in ("LEFT", "RIGHT")]
            cc.emit(self.both, mp.ImageFrame.wrap(np.concatenate(views, axis=1), mp.ImageFormat.SRGB))


def frame(brightness: int) -> mp.ImageFrame:
    """A frame of a single color."""
    return mp.ImageFrame.wrap(np.full((48, 64, 3), brightness, np.uint8), mp.ImageFormat.SRGB)


def main() -> None:
    """Send frames of cameras at 30 and at 20 frames per second, timestamps in microseconds."""
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:

        def show(_: str, packet: mp.Packet) -> None:
            left, right = packet.payload.numpy_view()[0, [0, -1], 0]
            print(f"{packet.timestamp.value / 1000:6.1f} ms: left {left}, right {right}")

        graph.observe_output_stream("output_video", show)
        graph.start_run()
        arrivals = [("left_video", 33_333 * i, 10 + i) for i in range(4)]
        arrivals += [("right_video", 50_000 * i + 5_000, 200 + i) for i in range(3)]
        for stream, time, brightness in sorted(arrivals, key=lambda arrival: arrival[1]):
            graph.add_packet_to_input_stream(stream, mp.make_packet(frame(brightness), time))


if __name__ == "__main__":
    main()
