"""Live data of a running graph."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError, MpgraphError, UnavailableError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.visualizer.live import LiveView, LiveViews, small_jpeg

GRAPH = """
input_stream: "image" input_stream: "number" output_stream: "same"
node { name: "flip" calculator: "ImageTransformationCalculator"
       input_stream: "IMAGE:image" output_stream: "IMAGE:same" }
node { name: "pass" calculator: "PassThroughCalculator" input_stream: "number" output_stream: "n" }
"""


@pytest.fixture
def graph() -> Iterator[CalculatorGraph]:
    with CalculatorGraph(graph_config=GRAPH) as graph:
        yield graph


def ask(view: LiveView, name: str, value: object = None) -> Any:
    body = view.routes[name](json.dumps(value).encode()).body
    assert isinstance(body, bytes)
    return json.loads(body)


def red(height: int = 48, width: int = 64) -> ImageFrame:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = 200
    return ImageFrame(image_format=ImageFormat.SRGB, data=pixels)


def test_statistics_have_the_ports_of_streams(graph: CalculatorGraph) -> None:
    view = LiveView(graph, graph.model)
    graph.start_run()
    graph.add_packet_to_input_stream("image", make_packet(red(), 5))
    graph.add_packet_to_input_stream("number", make_packet(1, 5))
    graph.wait_until_idle()
    state = ask(view, "live")
    assert state["running"] is True
    streams = {stream["name"]: stream for stream in state["streams"]}
    same = streams["same"]
    assert (same["producer"], same["tag"], same["index"], same["packets"]) == ("flip", "IMAGE", 0, 1)
    assert (streams["image"]["image"], same["image"], streams["n"]["image"]) == (True, True, False)
    assert (state["queues"][0]["node"], state["queues"][0]["tag"]) == ("flip", "IMAGE")
    assert {node["name"]: node["calls"] for node in state["nodes"]} == {"flip": 1, "pass": 1}


def test_latest_image_of_a_stream(graph: CalculatorGraph) -> None:
    view = LiveView(graph, graph.model)
    graph.start_run()
    assert ask(view, "image", {"stream": "same"}) == {"image": None}
    graph.add_packet_to_input_stream("image", make_packet(red(), 5))
    graph.wait_until_idle()
    answer = ask(view, "image", {"stream": "same"})
    assert answer["timestamp"] == 5
    assert answer["image"].startswith("data:image/jpeg;base64,")
    assert ask(view, "image", {"stream": "nobody"}) == {"image": None}


def test_invalid_image_request(graph: CalculatorGraph) -> None:
    view = LiveView(graph, graph.model)
    for body in (b"", b"[]", b"{}", b"\xff"):
        with pytest.raises(InvalidArgumentError):
            view.routes["image"](body)


def decoded(frame: ImageFrame) -> Any:
    return cv2.imdecode(np.frombuffer(small_jpeg(frame), np.uint8), cv2.IMREAD_COLOR)


def test_jpeg_colours_and_size() -> None:
    image = decoded(red(960, 1280))
    assert image.shape == (240, 320, 3)
    assert abs(image[100, 100].astype(int) - [0, 0, 200]).max() < 6
    assert decoded(red(1, 2000)).shape == (1, 320, 3)


@pytest.mark.parametrize(
    ("format", "pixels", "grey"),
    [
        (ImageFormat.VEC32F1, np.full((8, 8), 0.5, np.float32), 127),
        (ImageFormat.VEC32F1, np.full((8, 8), np.nan, np.float32), 0),
        (ImageFormat.VEC32F1, np.full((8, 8), 7, np.float32), 255),
        (ImageFormat.GRAY8, np.full((8, 8), 90, np.uint8), 90),
        (ImageFormat.GRAY16, np.full((8, 8), 90 << 8, np.uint16), 90),
        (ImageFormat.SRGBA, np.full((8, 8, 4), 90, np.uint8), 90),
        (ImageFormat.VEC32F2, np.full((8, 8, 2), 0.5, np.float32), 127),
        (ImageFormat.LAB8, np.full((8, 8, 3), 90, np.uint8), 90),
    ],
)
def test_every_image_format_is_encoded(format: ImageFormat, pixels: Any, grey: int) -> None:
    image = decoded(ImageFrame(image_format=format, data=pixels))
    assert abs(int(image[4, 4, 1]) - grey) <= 2


def test_failure_has_its_location(graph: CalculatorGraph) -> None:
    view = LiveView(graph, graph.model)
    assert ask(view, "live")["failure"] == []
    graph.start_run()
    with pytest.raises(MpgraphError) as raised:
        graph.add_packet_to_input_stream("image", make_packet(1, 5))
    with pytest.raises(MpgraphError):
        graph.close()
    view.fail(raised.value, "graph.pbtxt")
    (failure,) = ask(view, "live")["failure"]
    assert failure["severity"] == "error" and "image" in failure["message"]
    assert failure["location"]["line"] >= 1


def test_views_follow_the_newest_graph_that_runs() -> None:
    node = 'node { name: "%s" calculator: "PassThroughCalculator" input_stream: "x" output_stream: "y" }'
    text = f'input_stream: "x" {node}'
    views = LiveViews()
    with pytest.raises(UnavailableError, match="No graph has run"):
        views.routes["live"](b"{}")

    def shown() -> list[str]:
        body = views.routes["live"](b"{}").body
        assert isinstance(body, bytes)
        return [node["name"] for node in json.loads(body)["nodes"]]

    graphs = []
    for name in ("first", "second"):
        graph = CalculatorGraph(graph_config=text % name)
        views.add(graph, graph.model)
        graphs.append(graph)
        graph.start_run()
        assert shown() == [name]
    graphs[1].close()
    assert shown() == ["first"]  # As when a new graph is refused, and the one before goes on.
    graphs[0].close()
    assert shown() == ["second"]
