"""Live data of a running graph for a served page: its statistics, and the latest image of a stream."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mpgraph.config.model import GraphModel, Types
from mpgraph.errors import CancelledError, InvalidArgumentError, MpgraphError, UnavailableError
from mpgraph.formats.display import to_bgr
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import IMAGE_FRAME, ImageFrame
from mpgraph.framework.packet import Packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.io.loopback_server import Reply, Route
from mpgraph.visualizer.graph_files import problems
from mpgraph.visualizer.model import to_json

_LARGEST = 320


class LiveViews:
    """Live data of a graph that is replaced while it runs. `routes` are for a PageServer.

    Shown is the newest graph that runs, or else the newest that ran.
    """

    def __init__(self) -> None:
        self._views: list[LiveView] = []

    def add(self, graph: CalculatorGraph, model: GraphModel) -> None:
        """Show a graph from its start on; called before that."""
        # The one before may continue if this one fails, the one before that may still be ending.
        self._views = [*self._views[-2:], LiveView(graph, model)]

    def fail(self, error: MpgraphError, file: str) -> None:
        """Show why the newest graph failed; see `LiveView.fail`."""
        if self._views:
            self._views[-1].fail(error, file)

    @property
    def routes(self) -> dict[str, Route]:
        """As `LiveView.routes`; before the first graph, requests are refused."""
        return {name: partial(self._reply, name) for name in ("live", "image")}

    def _reply(self, name: str, body: bytes) -> Reply:
        running = [view for view in self._views if view.is_running]
        shown = running or self._views
        if not shown:
            raise UnavailableError("No graph has run so far.")
        return shown[-1].routes[name](body)


class LiveView:
    """Live data of one graph, created before it runs. `routes` are for a PageServer.

    Images are encoded only when the page requests them.
    """

    def __init__(self, graph: CalculatorGraph, model: GraphModel) -> None:
        self._graph = graph
        self._model = model
        self._latest: dict[str, Packet] = {}
        self._failure: list[object] = []
        for name, edge in model.streams.items():
            if _may_be_image(edge.types):
                graph.observe_output_stream(name, self._keep)
        graph.statistics()  # The first call starts the measurement.

    @property
    def is_running(self) -> bool:
        """Whether the graph has a run."""
        return self._graph.current_run is not None

    @property
    def routes(self) -> dict[str, Route]:
        """The request handlers, by their paths below the page's address."""
        return {"live": self._live, "image": self._image}

    def fail(self, error: MpgraphError, file: str) -> None:
        """Show on the page why the run failed, at the location in the text. file: the graph's."""
        causes = [cause for cause in error.causes if isinstance(cause, MpgraphError)]
        real = [cause for cause in causes if not isinstance(cause, CancelledError)]
        self._failure = [to_json(found) for cause in real or [error] for found in problems(cause, file)]

    def _keep(self, stream: str, packet: Packet) -> None:
        self._latest[stream] = packet

    def _live(self, _: bytes) -> Reply:
        statistics = asdict(self._graph.statistics())
        for stream in statistics["streams"]:
            edge = self._model.streams[stream["name"]]
            if edge.producer is not None:
                port = self._model.nodes[edge.producer].outputs.ports[edge.position]
                stream |= {"tag": port.tag, "index": port.index}
            latest = self._latest.get(stream["name"])
            stream["image"] = latest is not None and isinstance(latest.payload, (ImageFrame, Image))
        for queue in statistics["queues"]:
            node = next(node for node in self._model.nodes if node.name == queue["node"])
            port = node.inputs.ports[queue["input"]]
            queue |= {"tag": port.tag, "index": port.index}
        return Reply.json(statistics | {"failure": self._failure})

    def _image(self, body: bytes) -> Reply:
        try:
            stream = json.loads(body)["stream"]
        except (ValueError, KeyError, TypeError):
            raise InvalidArgumentError('The request is not {"stream": NAME}.') from None
        packet = self._latest.get(stream)
        if packet is None or not isinstance(packet.payload, (ImageFrame, Image)):
            return Reply.json({"image": None})
        encoded = base64.b64encode(small_jpeg(packet.payload)).decode()
        return Reply.json({"image": f"data:image/jpeg;base64,{encoded}", "timestamp": packet.timestamp.value})


def _may_be_image(types: Types) -> bool:
    return types is None or IMAGE_FRAME in types or IMAGE in types


def small_jpeg(image: ImageFrame | Image) -> bytes:
    """Return an image as JPEG, at most 320 pixels a side; floats in 0..1 become grey, alpha is dropped."""
    import cv2

    pixels: NDArray[Any] = image.numpy_view()
    factor = _LARGEST / max(pixels.shape[:2])
    if factor < 1:
        size = (max(round(pixels.shape[1] * factor), 1), max(round(pixels.shape[0] * factor), 1))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    image_format = image.image_format
    if image_format is ImageFormat.LAB8 or pixels.shape[2:] == (2,):  # Lightness, or the first channel.
        pixels, image_format = pixels[..., 0], ImageFormat.GRAY8
    shown = to_bgr(pixels, image_format)
    shown = np.ascontiguousarray(shown[..., :3]) if shown.ndim == 3 else shown
    return bytes(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])
