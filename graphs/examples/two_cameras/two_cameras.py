"""Two cameras side by side, each at its own pace: input streams that are not in step (SyncSet)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import mpgraph as mp


@mp.register
class SideBySideCalculator(mp.Calculator):
    """Shows the newest frame of each camera beside that of the other. LEFT, RIGHT: RGB of one size."""

    left = mp.Input("LEFT", mp.ImageFrame)
    right = mp.Input("RIGHT", mp.ImageFrame)
    both = mp.Output("", mp.ImageFrame)

    def open(self, cc: mp.CalculatorContext) -> None:
        """Know no frame yet."""
        self.newest: dict[str, mp.ImageFrame] = {}

    def process(self, cc: mp.CalculatorContext) -> None:
        """Take what came, and send a picture as soon as both cameras have shown something."""
        for port in (self.left, self.right):
            if cc.has(port):
                self.newest[port.tag] = cc[port]
        if len(self.newest) == 2:
            views = [self.newest[tag].numpy_view() for tag in ("LEFT", "RIGHT")]
            cc.emit(self.both, mp.ImageFrame.wrap(np.concatenate(views, axis=1), mp.ImageFormat.SRGB))


def frame(brightness: int) -> mp.ImageFrame:
    """A frame of one colour."""
    return mp.ImageFrame.wrap(np.full((48, 64, 3), brightness, np.uint8), mp.ImageFormat.SRGB)


def main() -> None:
    """Cameras at 30 and at 20 frames a second, times in microseconds."""
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
