"""One run of a graph from the command line: frames in at one stream, pictures out at another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer

from mpgraph.cli.frames.pump import Shown
from mpgraph.cli.run.side_packets import parse_side_packets
from mpgraph.config.model import GraphModel
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError, NotFoundError, did_you_mean
from mpgraph.formats.display import to_8_bit
from mpgraph.formats.gpu_buffer import GPU_BUFFER, GpuBuffer
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import IMAGE_FRAME, ImageFrame
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.resources import find_resource
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime import watchdog

if TYPE_CHECKING:
    from mpgraph.effects.matte import Picture


class GraphSession:
    """A loaded graph with its streams chosen; `start`, `feed` frames, `finish`.

    input_stream: the stream to feed, None when the graph has no input.
    output_stream: the stream whose pictures come back, None when it has none.
    """

    def __init__(
        self,
        validated: ValidatedGraphConfig,
        input_stream: str | None,
        output_stream: str | None,
        side_packets: dict[str, Packet],
        print_output: bool,
    ) -> None:
        self.model = validated.model
        self.input_stream = _choose_input(self.model, input_stream)
        self.output_stream = _choose_output(self.model, output_stream)
        self._side_packets = side_packets
        self._wrapped = _picture_maker(self.model, self.input_stream)
        self._arrived: deque[Packet] = deque()
        self._graph = CalculatorGraph(validated_graph_config=validated)
        if self.output_stream:
            self._graph.observe_output_stream(
                self.output_stream, lambda _, packet: self._arrived.append(packet)
            )
        self._print_output = print_output
        if print_output:
            for name in self.model.graph_outputs.names:
                if name != self.output_stream:
                    self._graph.observe_output_stream(name, _print_packet)

    @classmethod
    def load(
        cls,
        graph: Path,
        input_stream: str | None,
        output_stream: str | None,
        side_packets: Sequence[str],
        print_output: bool,
    ) -> GraphSession:
        """Read and check a graph, found as given or among those that come with mpgraph.

        Raises:
            MpgraphError: the graph, a stream's name or a side packet is wrong.
        """
        validated = ValidatedGraphConfig()
        found = graph if graph.exists() else find_resource(graph)
        validated.initialize(graph_path=found)
        given = parse_side_packets(side_packets, validated.model)
        return cls(validated, input_stream, output_stream, given, print_output)

    @property
    def graph(self) -> CalculatorGraph:
        """The graph that runs."""
        return self._graph

    def start(self) -> None:
        """Start the run, and end the input streams that nothing is fed into."""
        with watchdog.watching():
            self._graph.start_run(self._side_packets)
        for name in self.model.graph_inputs.names:
            if name != self.input_stream:
                self._graph.close_input_stream(name)

    def feed(self, pixels: Picture, timestamp_us: int) -> list[Shown]:
        """Send one RGB frame through and return what came out of it, when all of it is through."""
        assert self.input_stream is not None
        packet = make_packet(self._wrapped(pixels, ImageFormat.SRGB), timestamp_us)
        self._graph.add_packet_to_input_stream(self.input_stream, packet)
        self._graph.wait_until_idle()
        return self._take()

    def finish(self) -> list[Shown]:
        """End the input, wait for the end of the run, and return what came out last."""
        self._graph.close_all_input_streams()
        self._graph.wait_until_done()
        if self._print_output:
            for entry in self.model.config.output_side_packet:
                name = entry.rpartition(":")[2]
                typer.echo(f"{name}: {_described(self._graph.get_output_side_packet(name).payload)}")
        return self._take()

    def cancel(self) -> None:
        """Let the run end soon, with an error; from any thread."""
        self._graph.cancel()

    def abandon(self) -> None:
        """End a run that has failed or was interrupted."""
        self._graph.__exit__(RuntimeError, None, None)

    def _keep(self, stream: str, packet: Packet) -> None:
        self._arrived.append(packet)

    def _take(self) -> list[Shown]:
        taken: list[Shown] = []
        while self._arrived:
            packet = self._arrived.popleft()
            taken.append((_pixels(packet, self.output_stream or ""), packet.timestamp.value))
        return taken


def _choose_input(model: GraphModel, wanted: str | None) -> str | None:
    return _chosen(wanted, model.graph_inputs.names, model.graph_inputs.names, "input")


def _choose_output(model: GraphModel, wanted: str | None) -> str | None:
    names = model.graph_outputs.names
    pictures = [name for name in names if _may_be_picture(model, name)]
    return _chosen(wanted, pictures, list(model.streams), "output")


def _chosen(wanted: str | None, candidates: Sequence[str], allowed: Sequence[str], kind: str) -> str | None:
    if wanted is not None:
        if wanted not in allowed:
            hint = did_you_mean(wanted, allowed) or f" It has: {', '.join(candidates) or 'none'}."
            raise NotFoundError(f'the graph has no {kind} stream "{wanted}".{hint}')
        return wanted
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    usual = f"{kind}_video"
    if usual in candidates:
        return usual
    names = ", ".join(candidates)
    raise InvalidArgumentError(f"the graph has several {kind} streams ({names}): choose with --{kind}-stream")


def _may_be_picture(model: GraphModel, name: str) -> bool:
    types = model.streams[name].types
    return types is None or not types.isdisjoint({IMAGE_FRAME, IMAGE, GPU_BUFFER})


def _picture_maker(model: GraphModel, name: str | None) -> Callable[[Picture, ImageFormat], object]:
    """What makes of pixels and their format what the input stream takes."""
    types = model.streams[name].types if name else None
    if types is None or IMAGE_FRAME in types:
        return ImageFrame.wrap
    if IMAGE in types:
        return Image.wrap
    if GPU_BUFFER in types:
        return _uploaded
    kinds = " or ".join(sorted(kind.name for kind in types))
    raise InvalidArgumentError(f'frames cannot be fed into the stream "{name}", which carries {kinds}')


def _uploaded(pixels: Picture, image_format: ImageFormat) -> GpuBuffer:
    from mpgraph.gpu import upload

    return upload(ImageFrame.wrap(pixels, image_format))


def _without_idle_alpha(frame: ImageFrame) -> ImageFrame:
    """All that is drawn on the GPU has alpha; where that says nothing, files that have none will do."""
    if frame.image_format is not ImageFormat.SRGBA or frame.numpy_view()[:, :, 3].min() < 255:
        return frame
    return ImageFrame.wrap(np.ascontiguousarray(frame.numpy_view()[:, :, :3]), ImageFormat.SRGB)


def _pixels(packet: Packet, stream: str) -> Picture:
    """The pixels of a packet as 8-bit RGB, RGBA or grey."""
    picture = packet.payload
    if isinstance(picture, GpuBuffer):
        picture = _without_idle_alpha(picture.to_frame())
    if not isinstance(picture, (ImageFrame, Image)):
        raise InvalidArgumentError(
            f'the stream "{stream}" carries no pictures but {_described(picture)}; choose another with '
            "--output-stream, or use --print-output"
        )
    try:
        return to_8_bit(picture.numpy_view(), picture.image_format)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f'the stream "{stream}": {error}') from error


def _print_packet(stream: str, packet: Packet) -> None:
    typer.echo(f"{stream} @{packet.timestamp.value}: {_described(packet.payload)}")


def _described(value: object) -> str:
    return (
        " ".join(str(value).split()) if not isinstance(value, (bytes, bytearray)) else f"{len(value)} bytes"
    )
