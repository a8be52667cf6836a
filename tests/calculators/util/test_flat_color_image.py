from __future__ import annotations

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import color_pb2
from mpgraph.testing import ANY, run, solid, t

NAME = "FlatColorImageCalculator"
IMAGE = Image.wrap(np.zeros((2, 3), np.uint8))


# run() of the testing kit connects all output side packets, which here exclude the output stream.
def graph(options: str, inputs: str = "", output: str = 'output_stream: "IMAGE:out"') -> str:
    streams = " ".join(f'input_stream: "{tag.lower()}"' for tag in inputs.split())
    ports = " ".join(f'input_stream: "{tag}:{tag.lower()}"' for tag in inputs.split())
    return f"""
        {streams} {'output_stream: "out"' if output.startswith("output_stream") else ""}
        node {{
          calculator: "{NAME}" {ports} {output}
          options {{ [mediapipe.FlatColorImageCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def test_size_of_an_image_and_color_of_the_options() -> None:
    node = run(graph("color { r: 300 g: -3 b: 77 }", "IMAGE")).send("image", IMAGE @ t(5))
    node.expect("out", solid((255, 0, 77), 3, 2, cls=Image) @ t(5))


def test_size_of_the_options_and_color_of_a_stream() -> None:
    node = run(graph("output_width: 1 output_height: 2", "COLOR"))
    node.send("color", color_pb2.Color(r=1, g=2, b=3) @ t(0))
    node.expect("out", solid((1, 2, 3), 1, 2, cls=Image) @ t(0))


def test_nothing_is_sent_unless_both_streams_have_a_packet() -> None:
    red = color_pb2.Color(r=255)
    node = run(graph("", "IMAGE COLOR")).send("image", IMAGE @ t(0)).send("color", red @ t(1))
    node.send("image", IMAGE @ t(2)).send("color", red @ t(2)).expect("out", ANY @ t(2))


def test_image_as_a_side_packet() -> None:
    options = "output_width: 2 output_height: 1 color { g: 9 }"
    made = CalculatorGraph(graph_config=graph(options, output='output_side_packet: "IMAGE:out"'))
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
def test_wrong_options_and_ports_are_refused(options: str, inputs: str, output: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CalculatorGraph(graph_config=graph(options, inputs, output))
