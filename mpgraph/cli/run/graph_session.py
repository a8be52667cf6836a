"""One run of a graph from the command line: frames into one stream, images out of another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mpgraph.cli.arguments import graph_file
from mpgraph.cli.console import echo
from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.run.session_driver import FrameSession
from mpgraph.cli.run.side_packets import parse_side_packets
from mpgraph.config.model import GraphModel
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError, NotFoundError, did_you_mean
from mpgraph.formats.display import to_8_bit
from mpgraph.formats.gpu_buffer import GPU_BUFFER, GpuBuffer
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import IMAGE_FRAME, ImageFrame
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime import watchdog

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels


class GraphSession(FrameSession):
    """A loaded graph with its streams selected; `graph` and `model` are for instrumentation."""

    def __init__(
        self,
        validated: ValidatedGraphConfig,
        input_stream: str | None,
        output_stream: str | None,
        side_packets: Sequence[str],
        print_output: bool,
    ) -> None:
        """Select the streams of a graph and parse its side packets.

        side_packets: as of `parse_side_packets`. print_output: print the packets of the other outputs.

        Raises:
            MpgraphError: the name of a stream or a side packet is invalid.
        """
        self.model = model = validated.model
        self._side_packets = parse_side_packets(side_packets, model)
        inputs, outputs = model.graph_inputs.names, model.observable_outputs
        self.input_stream = _select(input_stream, inputs, inputs, "input")
        with_images = [name for name in outputs if _may_carry_images(model, name)]
        self.output_stream = _select(output_stream, with_images, list(model.streams), "output")
        self._make_payload = _payload_factory(model, self.input_stream)
        self._received: deque[Packet] = deque()
        self.graph = CalculatorGraph(validated_graph_config=validated)
        if self.output_stream:
            self.graph.observe_output_stream(
                self.output_stream, lambda _, packet: self._received.append(packet)
            )
        self._print_output = print_output
        for name in outputs if print_output else ():
            if name != self.output_stream:
                self.graph.observe_output_stream(name, _print_packet)

    @override
    def start(self) -> None:
        with watchdog.watching():
            self.graph.start_run(self._side_packets)
        for name in self.model.graph_inputs.names:  # Nodes would wait for streams that are never fed.
            if name != self.input_stream:
                self.graph.close_input_stream(name)

    @override
    def feed(self, pixels: Pixels, timestamp_us: int) -> list[TimedPixels]:
        assert self.input_stream is not None
        packet = make_packet(self._make_payload(pixels, ImageFormat.SRGB), timestamp_us)
        self.graph.add_packet_to_input_stream(self.input_stream, packet)
        self.graph.wait_until_idle()
        return self._take()

    @override
    def finish(self) -> list[TimedPixels]:
        if self.graph.current_run is None:  # It was abandoned: what came out before that is all there is.
            return self._take()
        self.graph.close_all_input_streams()
        self.graph.wait_until_done()
        if self._print_output:
            for entry in self.model.config.output_side_packet:
                name = entry.rpartition(":")[2]
                echo(f"{name}: {_described(self.graph.get_output_side_packet(name).payload)}")
        return self._take()

    def cancel(self) -> None:
        """Cancel the run, which then ends with an error; may be called from any thread."""
        self.graph.cancel()

    @override
    def abandon(self) -> None:
        self.graph.__exit__(RuntimeError, None, None)

    def _take(self) -> list[TimedPixels]:
        taken: list[TimedPixels] = []
        while self._received:
            packet = self._received.popleft()
            taken.append((_pixels(packet, self.output_stream or ""), packet.timestamp.value))
        return taken


def load_graph(graph: Path) -> ValidatedGraphConfig:
    """Read and validate a graph: a file, or the name of a graph that ships with mpgraph.

    Raises:
        MpgraphError: there is no such graph, or it is invalid.
    """
    validated = ValidatedGraphConfig()
    validated.initialize(graph_path=graph_file(graph))
    return validated


def _select(
    requested: str | None, candidates: Sequence[str], allowed: Sequence[str], direction: str
) -> str | None:
    """The requested stream, the only candidate, or the one with the conventional name."""
    if requested is not None:
        if requested not in allowed:
            hint = did_you_mean(requested, allowed) or f" It has: {', '.join(candidates) or 'none'}."
            raise NotFoundError(f'the graph has no {direction} stream "{requested}".{hint}')
        return requested
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    conventional = f"{direction}_video"
    if conventional in candidates:
        return conventional
    raise InvalidArgumentError(
        f"the graph has several {direction} streams ({', '.join(candidates)}): "
        f"select one with --{direction}-stream"
    )


def _may_carry_images(model: GraphModel, name: str) -> bool:
    types = model.streams[name].types
    return types is None or not types.isdisjoint({IMAGE_FRAME, IMAGE, GPU_BUFFER})


def _payload_factory(model: GraphModel, name: str | None) -> Callable[[Pixels, ImageFormat], object]:
    """The function from pixels and their format to a payload of the input stream's type."""
    types = model.streams[name].types if name else None
    if types is None or IMAGE_FRAME in types:
        return ImageFrame.wrap
    if IMAGE in types:
        return Image.wrap
    if GPU_BUFFER in types:
        return _uploaded
    accepted = " or ".join(sorted(each.name for each in types))
    raise InvalidArgumentError(f'frames cannot be fed into the stream "{name}", which carries {accepted}')


def _uploaded(pixels: Pixels, image_format: ImageFormat) -> GpuBuffer:
    from mpgraph.gpu import upload

    return upload(ImageFrame.wrap(pixels, image_format))


def _without_opaque_alpha(frame: ImageFrame) -> ImageFrame:
    """Drop an alpha channel that is opaque everywhere, which every image from the GPU has."""
    if frame.image_format is not ImageFormat.SRGBA or frame.numpy_view()[:, :, 3].min() < 255:
        return frame
    return ImageFrame.wrap(np.ascontiguousarray(frame.numpy_view()[:, :, :3]), ImageFormat.SRGB)


def _pixels(packet: Packet, stream: str) -> Pixels:
    """The pixels of a packet as 8-bit RGB, RGBA or grey."""
    image = packet.payload
    if isinstance(image, GpuBuffer):
        image = _without_opaque_alpha(image.to_frame())
    if not isinstance(image, (ImageFrame, Image)):
        raise InvalidArgumentError(
            f'the stream "{stream}" carries no images but {_described(image)}; select another with '
            "--output-stream, or use --print-output"
        )
    try:
        return to_8_bit(image.numpy_view(), image.image_format)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f'the stream "{stream}": {error}') from error


def _print_packet(stream: str, packet: Packet) -> None:
    echo(f"{stream} @{packet.timestamp.value}: {_described(packet.payload)}")


def _described(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value)} bytes"
    return " ".join(str(value).split())
