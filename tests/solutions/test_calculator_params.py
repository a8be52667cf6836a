"""calculator_params: the options they set, precedence, and invalid params."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph import protos
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError
from mpgraph.protos import (
    calculator_pb2,
    constant_side_packet_calculator_pb2,
    image_to_tensor_calculator_pb2,
    image_transformation_calculator_pb2,
)
from mpgraph.solutions.calculator_params import apply_calculator_params
from mpgraph.solutions.solution_base import SolutionBase

RESIZE = """
input_stream: "image_in"
output_stream: "image_out"
node {
  name: "Resize"
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:image_in"
  output_stream: "IMAGE:image_out"
  %s
}
node {
  name: "Pass"
  calculator: "PassThroughCalculator"
  input_stream: "image_in"
  output_stream: "same"
}
node {
  name: "Constant"
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:constant"
  options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { int_value: 1 } } }
}
"""
SIZE = "output_width: 2 output_height: 7"
OPTIONS = "ImageTransformationCalculatorOptions"
OPTION_FIELDS = {
    "options": f"options {{ [mediapipe.{OPTIONS}.ext] {{ {SIZE} }} }}",
    "node_options": f"node_options {{ [type.googleapis.com/mediapipe.{OPTIONS}] {{ {SIZE} }} }}",
    "none": "",
}
IMAGE = np.zeros((3, 3, 3), np.uint8)
ResizeOptions = image_transformation_calculator_pb2.ImageTransformationCalculatorOptions
ToTensorOptions = image_to_tensor_calculator_pb2.ImageToTensorCalculatorOptions
Constants = constant_side_packet_calculator_pb2.ConstantSidePacketCalculatorOptions


def config(options: str = "") -> Any:
    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=RESIZE % options)
    return calculator_pb2.CalculatorGraphConfig.FromString(validated.binary_config)


def node(config: Any, name: str) -> Any:
    return next(node for node in config.node if node.name == name)


def options_of(node: Any, cls: Any) -> Any:
    if node.node_options:
        return cls.FromString(node.node_options[0].value)
    return node.options.Extensions[protos.extension_for(cls.DESCRIPTOR.full_name)]


@pytest.mark.parametrize("field", OPTION_FIELDS)
def test_options_are_changed_in_place(field: str) -> None:
    graph = config(OPTION_FIELDS[field])
    apply_calculator_params(graph.node, {"Resize.output_width": 5, "Resize.flip_vertically": True})
    changed = node(graph, "Resize")
    assert len(changed.node_options) == (field == "node_options")
    assert changed.HasField("options") is (field != "node_options")
    height = 0 if field == "none" else 7
    expected = ResizeOptions(output_width=5, output_height=height, flip_vertically=True)
    if field == "none":
        expected.ClearField("output_height")
    assert options_of(changed, ResizeOptions) == expected


@pytest.mark.parametrize("field", OPTION_FIELDS)
def test_solution_uses_the_changed_options(field: str) -> None:
    size = {"Resize.output_width": 5, "Resize.output_height": 4}
    with SolutionBase(graph_config=RESIZE % OPTION_FIELDS[field], calculator_params=size) as solution:
        assert solution.process(IMAGE).image_out.shape == (4, 5, 3)


def test_none_clears() -> None:
    size = {"Resize.output_width": None, "Resize.output_height": None}
    with SolutionBase(graph_config=RESIZE % OPTION_FIELDS["options"], calculator_params=size) as solution:
        assert solution.process(IMAGE).image_out.shape == (3, 3, 3)


def test_node_with_both_kinds_of_options_is_refused() -> None:
    with pytest.raises(ValueError, match="Resize because it has both options and node_options fields."):
        apply_calculator_params(
            config(OPTION_FIELDS["options"] + OPTION_FIELDS["node_options"]).node, {"Resize.output_width": 1}
        )


def test_repeated_fields_are_replaced() -> None:
    graph = config()
    values = [Constants.ConstantSidePacket(float_value=2), Constants.ConstantSidePacket(bool_value=True)]
    apply_calculator_params(graph.node, {"Constant.packet": iter(values)})
    assert [*options_of(node(graph, "Constant"), Constants).packet] == values
    with pytest.raises(ValueError, match="packet is a repeated proto field .*<class 'int'>.*not iterable."):
        apply_calculator_params(graph.node, {"Constant.packet": 4})


def test_message_fields_are_copied_and_enums_take_names() -> None:
    message = calculator_pb2.CalculatorGraphConfig()
    message.node.add(name="T", calculator="ImageToTensorCalculator")
    between = ToTensorOptions.FloatRange(min=-1, max=1)
    apply_calculator_params(
        message.node, {"T.output_tensor_float_range": between, "T.border_mode": "BORDER_ZERO"}
    )
    between.max = 5
    options = options_of(message.node[0], ToTensorOptions)
    assert options.output_tensor_float_range == ToTensorOptions.FloatRange(min=-1, max=1)
    assert options.border_mode == ToTensorOptions.BORDER_ZERO


def test_several_nodes_in_any_order() -> None:
    graph = config()
    apply_calculator_params(
        graph.node, {"Constant.packet": [], "Resize.output_width": 8, "Resize.output_height": 9}
    )
    assert not options_of(node(graph, "Constant"), Constants).packet
    assert options_of(node(graph, "Resize"), ResizeOptions) == ResizeOptions(output_width=8, output_height=9)


WRONG: list[tuple[str, Any, type[Exception], str]] = [
    ("Resize", 1, InvalidArgumentError, 'The key "Resize" in the calculator_params is invalid.'),
    ("Resize.a.b", 1, InvalidArgumentError, 'The key "Resize.a.b" in the calculator_params is invalid.'),
    (".output_width", 1, InvalidArgumentError, "in the calculator_params is invalid."),
    ("Resize.", 1, InvalidArgumentError, "in the calculator_params is invalid."),
    ("Resiez.output_width", 1, InvalidArgumentError, 'Not all calculator params are valid.*mean "Resize"'),
    ("Resize.output_widht", 1, InvalidArgumentError, 'no field "output_widht". Did you mean "output_width"'),
    ("Pass.level", 1, InvalidArgumentError, "Modifying the calculator options of Pass is not supported."),
    ("Resize.output_width", "wide", TypeError, "str"),
    ("Resize.output_width", 2**40, ValueError, "out of range"),
    ("Resize.scale_mode", "FITT", ValueError, "FITT"),
]


@pytest.mark.parametrize(("key", "value", "error", "message"), WRONG)
def test_invalid_params_raise(key: str, value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        SolutionBase(graph_config=RESIZE % "", calculator_params={key: value})
