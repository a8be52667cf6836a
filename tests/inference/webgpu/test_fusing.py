from __future__ import annotations

from typing import Any

from mpgraph.inference import TfliteModel, load_model
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.webgpu import fusing
from mpgraph.inference.webgpu.network import read_network


def kinds(model: TfliteModel) -> list[tuple[str, int]]:
    return [(op.name, op.activation) for op in fusing.fuse(read_network(model))]


def added(builder: Any, activation: int = 0) -> tuple[int, int]:
    x, y = builder.tensor("x", [1, 4]), builder.tensor("y", [1, 4])
    builder.operator("ADD", [x, x], [y], options_type=11, options={0: Number("b", activation)})
    return x, y


def test_an_activation_joins_what_it_follows(builder: Any) -> None:
    x, y = added(builder)
    z = builder.tensor("z", [1, 4])
    builder.operator("HARD_SWISH", [y], [z])
    assert kinds(load_model(builder.build([x], [z]), origin="m")) == [("ADD", fusing.HARD_SWISH)]


def test_an_option_counts_too(builder: Any) -> None:
    x, y = added(builder, fusing.RELU6)
    assert kinds(load_model(builder.build([x], [y]), origin="m")) == [("ADD", fusing.RELU6)]


def test_a_second_activation_stays(builder: Any) -> None:
    x, y = added(builder, fusing.RELU)
    z = builder.tensor("z", [1, 4])
    builder.operator("LOGISTIC", [y], [z])
    made = kinds(load_model(builder.build([x], [z]), origin="m"))
    assert made == [("ADD", fusing.RELU), ("LOGISTIC", fusing.NONE)]


def test_what_others_read_as_well_stays(builder: Any) -> None:
    x, y = added(builder)
    z = builder.tensor("z", [1, 4])
    builder.operator("RELU", [y], [z])
    assert len(kinds(load_model(builder.build([x], [y, z]), origin="m"))) == 2


def test_an_activation_of_an_input_stays(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 4]), builder.tensor("y", [1, 4])
    builder.operator("RELU", [x], [y])
    assert kinds(load_model(builder.build([x], [y]), origin="m")) == [("RELU", fusing.NONE)]
