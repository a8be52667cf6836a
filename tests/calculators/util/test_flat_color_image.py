from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import color_pb2


def graph(options: str, inputs: str = "", output: str = 'output_stream: "IMAGE:out"') -> str:
    streams = " ".join(f'input_stream: "{tag.lower()}"' for tag in inputs.split())
    ports = " ".join(f'input_stream: "{tag}:{tag.lower()}"' for tag in inputs.split())
    return f"""
        {streams} {'output_stream: "out"' if output.startswith("output_stream") else ""}
        node {{
          calculator: "FlatColorImageCalculator" {ports} {output}
          options {{ [mediapipe.FlatColorImageCalculatorOptions.ext] {{ {options} }} }}
        }}"""


IMAGE = Image.wrap(np.zeros((2, 3), np.uint8))


def test_size_of_an_image_and_color_of_the_options(run: Any) -> None:
    [(t, out)] = run(graph("color { r: 300 g: -3 b: 77 }", "IMAGE"), [("image", 5, IMAGE)])["out"]
    assert t == 5 and out.image_format is ImageFormat.SRGB
    assert out.pixels.tolist() == [[[255, 0, 77]] * 3] * 2


def test_size_of_the_options_and_color_of_a_stream(run: Any) -> None:
    events = [("color", 0, color_pb2.Color(r=1, g=2, b=3))]
    [(_, out)] = run(graph("output_width: 1 output_height: 2", "COLOR"), events)["out"]
    assert out.pixels.tolist() == [[[1, 2, 3]], [[1, 2, 3]]]


def test_where_a_stream_is_missing_nothing_comes_out(run: Any) -> None:
    red = color_pb2.Color(r=255)
    events = [("image", 0, IMAGE), ("color", 0, None), ("image", 1, None), ("color", 1, red)]
    out = run(graph("", "IMAGE COLOR"), [*events, ("image", 2, IMAGE), ("color", 2, red)])["out"]
    assert [t for t, _ in out] == [2]


def test_as_a_side_packet() -> None:
    text = graph("output_width: 2 output_height: 1 color { g: 9 }", output='output_side_packet: "IMAGE:out"')
    made = CalculatorGraph(graph_config=text)
    made.run()
    assert made.get_output_side_packet("out").payload.pixels.tolist() == [[[0, 9, 0]] * 2]


@pytest.mark.parametrize(
    ("options", "inputs", "output", "message"),
    [
        ("color { r: 1 }", "", 'output_stream: "IMAGE:out"', "Either set IMAGE input stream"),
        ("color { r: 1 } output_width: 3", "IMAGE", 'output_stream: "IMAGE:out"', "Either set IMAGE"),
        ("", "IMAGE", 'output_stream: "IMAGE:out"', "Either set COLOR input stream"),
        ("color { r: 1 }", "IMAGE COLOR", 'output_stream: "IMAGE:out"', "Either set COLOR"),
        ("color { r: 1 }", "IMAGE", "", "Set IMAGE either as output stream"),
        ("color { r: 1 }", "IMAGE", 'output_side_packet: "IMAGE:out"', "Set size and color through options"),
        ("output_width: 2 output_height: 0", "COLOR", 'output_stream: "IMAGE:out"', "must both be positive"),
    ],
)
def test_what_is_refused_when_the_graph_is_built(
    run: Any, options: str, inputs: str, output: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(options, inputs, output))
