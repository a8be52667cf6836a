"""Graphs in pages beside the same graphs in Python."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import mpgraph
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph

Array = npt.NDArray[Any]
Event = tuple[str, Any, int]

SWIFTSHADER = [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    "--use-angle=vulkan",
    "--use-vulkan=swiftshader",
]
"""Chromium's arguments for a GPU in software that can take over images."""

_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".wasm": "application/wasm",
}

_BLANK = b"<!doctype html><title>test</title><link rel='icon' href='data:,'>"


class FileServer:
    """Serves files from memory on a free port of this machine. `headers` are sent with each."""

    def __init__(self, files: Mapping[str, bytes], headers: Mapping[str, str] | None = None) -> None:
        self.files: dict[str, bytes] = {"index.html": _BLANK, **files}
        self.requested: list[str] = []
        sent = headers or {}
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.partition("?")[0].lstrip("/") or "index.html"
                owner.requested.append(name)
                content = owner.files.get(name)
                self.send_response(200 if content is not None else 404)
                media_type = _TYPES.get(Path(name).suffix, "application/octet-stream")
                for header, value in {"Content-Type": media_type, **sent}.items():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def selfie_graph(device: str) -> str:
    """A graph of the module SelfieSegmentationCpu or SelfieSegmentationGpu."""
    return f"""
        input_stream: "image"
        output_stream: "mask"
        input_side_packet: "model_selection"
        node {{
          calculator: "SelfieSegmentation{device}"
          input_side_packet: "MODEL_SELECTION:model_selection"
          input_stream: "IMAGE:image"
          output_stream: "SEGMENTATION_MASK:mask"
        }}
    """


def portraits() -> dict[str, Array]:
    """RGB images with a person: the demo's portrait, and what cameras make of such."""
    path = Path(mpgraph.__file__).parent / "demo" / "portrait.jpg"
    whole = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    small = cv2.resize(whole, (240, 240), interpolation=cv2.INTER_AREA)
    wide = cv2.resize(whole, (426, 240), interpolation=cv2.INTER_AREA)
    return {"portrait": small, "dark": (wide * 0.7).astype(np.uint8), "mirrored": whole[:180, ::-1].copy()}


def png(pixels: Array) -> bytes:
    """An RGB image as a file."""
    return cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


def mask_in_python(device: str, pixels: Array, model: int) -> Array:
    """The mask of an RGB image, in 0..1."""
    frame: Any = mpgraph.ImageFrame(image_format=mpgraph.ImageFormat.SRGB, data=pixels)
    if device == "Gpu":
        frame = mpgraph.gpu.upload(frame)
    [(mask, _)] = run_in_python(
        selfie_graph(device), ["mask"], [("image", frame, 0)], {"model_selection": model}
    )["mask"]
    return mask.to_frame().pixels[:, :, 0] / 255 if device == "Gpu" else np.asarray(mask.numpy_view())


def overlap(first: Array, second: Array) -> float:
    """Intersection over union of two masks in 0..1."""
    a, b = first > 0.5, second > 0.5
    return float((a & b).sum() / (a | b).sum())


def run_in_python(
    graph: str, outputs: Sequence[str], events: Sequence[Event], side_packets: Mapping[str, Any] | None = None
) -> dict[str, list[tuple[Any, int]]]:
    """What comes out of each stream; the graph is idle before each packet. The value None ends a stream."""
    found: dict[str, list[tuple[Any, int]]] = {name: [] for name in outputs}
    with CalculatorGraph(graph_config=graph) as running:
        for name in outputs:
            running.observe_output_stream(
                name, lambda name, packet: found[name].append((packet.payload, packet.timestamp.value))
            )
        running.start_run({name: make_packet(value) for name, value in (side_packets or {}).items()})
        for stream, value, timestamp in events:
            if value is None:
                running.close_input_stream(stream)
            else:
                packet = value if isinstance(value, Packet) else make_packet(value)
                running.add_packet_to_input_stream(stream, packet.at(timestamp))
            running.wait_until_idle()
        running.close_all_packet_sources()
        running.wait_until_done()
    return found
