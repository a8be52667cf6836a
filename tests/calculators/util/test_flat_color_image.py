from __future__ import annotations

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.protos import color_pb2
from mpgraph.testing import ANY, CalculatorRunner, run, solid, t

IMAGE = Image.wrap(np.zeros((2, 3), np.uint8))
RED = color_pb2.Color(r=255)


def flat(options: str, inputs: str = "") -> CalculatorRunner:
    return run("FlatColorImageCalculator", options, inputs=inputs.split())


def test_size_of_an_image_and_color_of_the_options() -> None:
    node = flat("color { r: 300 g: -3 b: 77 }", "IMAGE").send("IMAGE", IMAGE @ t(5))
    node.expect("IMAGE", solid((255, 0, 77), 3, 2, cls=Image) @ t(5))


def test_size_of_the_options_and_color_of_a_stream() -> None:
    node = flat("output_width: 1 output_height: 2", "COLOR")
    node.send("COLOR", color_pb2.Color(r=1, g=2, b=3) @ t(0))
    node.expect("IMAGE", solid((1, 2, 3), 1, 2, cls=Image) @ t(0))


def test_nothing_is_sent_unless_both_streams_have_a_packet() -> None:
    node = flat("", "IMAGE COLOR").send("IMAGE", IMAGE @ t(0)).send("COLOR", RED @ t(1))
    node.send("IMAGE", IMAGE @ t(2)).send("COLOR", RED @ t(2)).expect("IMAGE", ANY @ t(2))


def test_image_as_a_side_packet() -> None:
    node = flat("output_width: 2 output_height: 1 color { g: 9 }")
    node.expect_side("IMAGE", solid((0, 9, 0), 2, 1, cls=Image))


@pytest.mark.parametrize(
    ("options", "inputs", "message"),
    [
        ("color { r: 1 }", "", "Either set IMAGE input stream"),
        ("color { r: 1 } output_width: 3", "IMAGE", "Either set IMAGE"),
        ("", "IMAGE", "Either set COLOR input stream"),
        ("color { r: 1 }", "IMAGE COLOR", "Either set COLOR"),
        ("output_width: 2 output_height: 0", "COLOR", "must both be positive"),
    ],
)
def test_wrong_options_and_inputs_are_refused(options: str, inputs: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        flat(options, inputs).expect("IMAGE", ANY)


def test_wrong_outputs_are_refused() -> None:
    with pytest.raises(ValueError, match="Set IMAGE either as output stream"):
        flat("color { r: 1 }", "IMAGE").expect_nothing()
    with pytest.raises(ValueError, match="Set size and color through options"):
        flat("color { r: 1 }", "IMAGE").expect_side("IMAGE", ANY)
