"""A run of a solution's graph, which reports what was found in each frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mpgraph.cli.annotate.data_files import Frame
from mpgraph.cli.annotate.graph_text import INPUT, OUTPUT
from mpgraph.cli.annotate.parts import Part
from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.framework.override import override

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420


class SolutionSession(GraphSession):
    """A graph that is fed the frames of a file or camera; its other output streams carry what it finds.

    file: the file's name in the frames. record: receives each frame after `feed`.
    frames, hits: how many frames have been fed, and in how many of them something was found.
    """

    def __init__(self, text: str, parts: Sequence[Part], file: str, record: Callable[[Frame], None]) -> None:
        validated = ValidatedGraphConfig()
        validated.initialize(graph_config=text)
        super().__init__(validated, INPUT, None, [], print_output=False)
        self._parts = parts
        self._file = file
        self._record = record
        self.frames = self.hits = 0
        self._packets: dict[str, Any] = {}
        for name in self.model.graph_outputs.names:
            if name != OUTPUT:
                self.graph.observe_output_stream(name, self._receive)

    def _receive(self, stream: str, packet: Any) -> None:
        self._packets[stream] = packet.compact

    @override
    def feed(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> list[TimedPixels]:
        self._packets.clear()
        images = super().feed(pixels, timestamp_us, yuv)
        found = {part.name: part.read(self._packets) for part in self._parts}
        height, width = pixels.shape[:2]
        frame = Frame(self._file, self.frames, timestamp_us, width, height, found)
        self.frames += 1
        self.hits += frame.count > 0
        self._record(frame)
        return images
