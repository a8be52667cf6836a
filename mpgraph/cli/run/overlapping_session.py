"""A run of a graph that works on several frames at once."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import OutOfRangeError
from mpgraph.framework.override import override
from mpgraph.inference import computing
from mpgraph.io.cores import usable_cores

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420


class OverlappingSession(GraphSession):
    """A graph that sends exactly one image for each frame, some frames later.

    `feed` waits only while `in_flight` frames are in the graph: the network computes the mask of a frame
    while the executor's threads finish the ones before. Images come in order, those of the last frames with
    `finish`.
    """

    def __init__(
        self, validated: ValidatedGraphConfig, input_stream: str, output_stream: str, in_flight: int
    ) -> None:
        super().__init__(validated, input_stream, output_stream, [], print_output=False)
        self._in_flight = in_flight
        self._fed = 0
        self._beside_frames = ExitStack()

    @override
    def start(self) -> None:
        import cv2

        if usable_cores() < self._in_flight:
            # The frames keep the cores busy; threads of OpenCV and networks would only wait for each other.
            cv2.setNumThreads(1)
            self._beside_frames.enter_context(computing.beside_other_work())
        super().start()

    @override
    def feed(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> list[TimedPixels]:
        self.send(pixels, timestamp_us, yuv)
        self._fed += 1
        try:
            while self._fed - self.received >= self._in_flight:
                self.graph.wait_for_observed_output()
        except OutOfRangeError:
            self.graph.wait_until_done()  # Raises what ended the run.
            raise
        return self.take()

    @override
    def finish(self) -> list[TimedPixels]:
        with self._beside_frames:
            return super().finish()

    @override
    def abandon(self) -> None:
        with self._beside_frames:
            super().abandon()
