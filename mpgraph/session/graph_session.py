"""Runs of one graph: frames into one stream, images out of another."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mpgraph.config.model import GraphModel
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError, NotFoundError, did_you_mean
from mpgraph.formats.display import to_8_bit
from mpgraph.formats.gpu_buffer import GPU_BUFFER, GpuBuffer
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import IMAGE_FRAME, ImageFrame
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels

_Images = list[tuple["Pixels | Yuv420", int]]


class GraphSession:
    """A graph with its streams selected, for one run after another: `start`, `feed` and `finish`.

    input_stream: the stream that is fed, None if the graph has no input.
    output_stream: the stream whose images are returned, None if no stream carries images.
    received: how many images it has carried in this run.
    """

    def __init__(
        self,
        validated: ValidatedGraphConfig,
        input_stream: str | None,
        output_stream: str | None,
        side_packets: Mapping[str, Packet],
    ) -> None:
        """Select the streams of a graph: the given ones, or those with MediaPipe's conventional names.

        output_stream: "" for none.

        Raises:
            MpgraphError: the graph has no such stream, or there are several and none is given.
        """
        self.model = model = validated.model
        self._side_packets = side_packets
        inputs, outputs = model.graph_inputs.names, model.observable_outputs
        self.input_stream = _select(input_stream, inputs, inputs, "input")
        with_images = [name for name in outputs if may_carry_images(model, name)]
        self.output_stream = _select(output_stream, with_images, list(model.streams), "output")
        self._make_payload = _payload_factory(model, self.input_stream)
        self._received: deque[Packet] = deque()
        self.received = 0
        self.graph = CalculatorGraph(validated_graph_config=validated)
        if self.output_stream:
            self.graph.observe_output_stream(self.output_stream, self._collect)

    def start(self) -> None:
        """Start a run, with only `input_stream` open among the input streams."""
        self._received.clear()
        self.received = 0
        self.graph.start_run(self._side_packets)
        for name in self.model.graph_inputs.names:  # Nodes would wait for streams that are never fed.
            if name != self.input_stream:
                self.graph.close_input_stream(name)

    def feed(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> _Images:
        """Feed one frame, HxWx3 uint8 RGB, and return the images that the graph sent for it.

        yuv: the same as a video stores it. Images that are composed so are returned so.
        """
        self.send(pixels, timestamp_us, yuv)
        self.graph.wait_until_idle()
        return self.take()

    def send(self, pixels: Pixels, timestamp_us: int, yuv: Yuv420 | None = None) -> None:
        """Feed one frame without waiting for what the graph makes of it."""
        assert self.input_stream is not None
        payload = self._make_payload(pixels, ImageFormat.SRGB)
        if yuv is not None and isinstance(payload, ImageFrame):
            payload = ImageFrame.of_video(yuv, pixels)
        packet = make_packet(payload, timestamp_us)
        self.graph.add_packet_to_input_stream(self.input_stream, packet)

    def finish(self) -> _Images:
        """Close the input, wait for the end of the run, and return the last images."""
        if self.graph.current_run is None:  # It was abandoned: what came out before that is all there is.
            return self.take()
        self.graph.close_all_input_streams()
        self.graph.wait_until_done()
        return self.take()

    def cancel(self) -> None:
        """Cancel the run, which then ends with an error; may be called from any thread."""
        self.graph.cancel()

    def abandon(self) -> None:
        """End the run at once, without raising its errors."""
        self.graph.__exit__(RuntimeError, None, None)

    def take(self) -> _Images:
        """Return the images that have come out since the last time."""
        taken: _Images = []
        while self._received:
            packet = self._received.popleft()
            taken.append((_pixels(packet, self.output_stream or ""), packet.timestamp.value))
        return taken

    def _collect(self, _: str, packet: Packet) -> None:
        self._received.append(packet)
        self.received += 1


def _select(
    requested: str | None, candidates: Sequence[str], allowed: Sequence[str], direction: str
) -> str | None:
    """The requested stream, the only candidate, or the one with the conventional name."""
    if requested == "":
        return None
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


def may_carry_images(model: GraphModel, name: str) -> bool:
    """Whether a stream of a graph carries images, or is of an unknown type."""
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


def _pixels(packet: Packet, stream: str) -> Pixels | Yuv420:
    """The pixels of a packet as 8-bit RGB, RGBA or grey, or as they are stored in videos."""
    image = packet.payload
    if isinstance(image, ImageFrame) and image.yuv is not None:
        return image.yuv
    if isinstance(image, GpuBuffer):
        image = _without_opaque_alpha(image.to_frame())
    if not isinstance(image, (ImageFrame, Image)):
        raise InvalidArgumentError(
            f'the stream "{stream}" carries no images but {described(image)}; select another with '
            "--output-stream, or use --print-output"
        )
    try:
        return to_8_bit(image.numpy_view(), image.image_format)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f'the stream "{stream}": {error}') from error


def described(value: object) -> str:
    """A payload as one line of text."""
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value)} bytes"
    return " ".join(str(value).split())
