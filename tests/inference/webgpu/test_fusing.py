from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.inference import TfliteModel, create_runner, load_model
from mpgraph.inference.flatbuffer import Field, Number
from mpgraph.inference.webgpu import fusing
from mpgraph.inference.webgpu.network import read_network


def kinds(model: TfliteModel) -> list[tuple[str, int]]:
    return [(op.name, op.activation) for op in fusing.fuse(read_network(model))]


def added(builder: Any, activation: int = 0) -> tuple[int, int]:
    x, y = builder.tensor("x", [1, 4]), builder.tensor("y", [1, 4])
    builder.operator("ADD", [x, x], [y], options_type=11, options={0: Number("b", activation)})
    return x, y


def test_activation_is_fused_into_the_operator_before(builder: Any) -> None:
    x, y = added(builder)
    z = builder.tensor("z", [1, 4])
    builder.operator("HARD_SWISH", [y], [z])
    assert kinds(load_model(builder.build([x], [z]), origin="m")) == [("ADD", fusing.HARD_SWISH)]


def test_activation_option_is_kept(builder: Any) -> None:
    x, y = added(builder, fusing.RELU6)
    assert kinds(load_model(builder.build([x], [y]), origin="m")) == [("ADD", fusing.RELU6)]


def test_second_activation_is_not_fused(builder: Any) -> None:
    x, y = added(builder, fusing.RELU)
    z = builder.tensor("z", [1, 4])
    builder.operator("LOGISTIC", [y], [z])
    result = kinds(load_model(builder.build([x], [z]), origin="m"))
    assert result == [("ADD", fusing.RELU), ("LOGISTIC", fusing.NONE)]


def test_activation_of_a_result_with_other_readers_is_not_fused(builder: Any) -> None:
    x, y = added(builder)
    z = builder.tensor("z", [1, 4])
    builder.operator("RELU", [y], [z])
    assert len(kinds(load_model(builder.build([x], [y, z]), origin="m"))) == 2


def test_activation_of_an_input_is_not_fused(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 4]), builder.tensor("y", [1, 4])
    builder.operator("RELU", [x], [y])
    assert kinds(load_model(builder.build([x], [y]), origin="m")) == [("RELU", fusing.NONE)]


def residual(builder: Any, *, shape: tuple[int, ...] = (1, 2, 2, 4), conv_first: bool = True) -> TfliteModel:
    """x -> RELU -> (CONV_2D, which comes before RESIZE in the file) + RESIZE -> ADD -> HARD_SWISH."""
    x, base = builder.tensor("x", [1, 2, 2, 4]), builder.tensor("base", [1, 2, 2, 4])
    left, right = builder.tensor("left", [1, 2, 2, 4]), builder.tensor("right", shape)
    total, out = builder.tensor("total", [1, 2, 2, 4]), builder.tensor("out", [1, 2, 2, 4])
    weights = builder.constant("weights", np.eye(4, dtype=np.float32).reshape(4, 1, 1, 4))
    size = builder.constant("size", np.array(shape[1:3], np.int32))
    builder.operator("RELU", [x], [base])
    strides: dict[int, Field] = {1: Number("i", 1), 2: Number("i", 1)}
    builder.operator("CONV_2D", [base, weights], [left], options_type=1, options=strides)
    builder.operator("RESIZE_BILINEAR", [base, size], [right], options_type=15, options={})
    operands = [left, right] if conv_first else [right, left]
    builder.operator("ADD", operands, [total], options_type=11, options={})
    builder.operator("HARD_SWISH", [total], [out])
    return load_model(builder.build([x], [out]), origin="m")


@pytest.mark.parametrize("conv_first", [True, False])
def test_addition_is_fused_at_its_own_position(builder: Any, conv_first: bool) -> None:
    model = residual(builder, conv_first=conv_first)
    operations = fusing.fuse(read_network(model))
    assert [operation.name for operation in operations] == ["RELU", "RESIZE_BILINEAR", "CONV_2D"]
    last = operations[-1]
    assert last.activation == fusing.NONE and last.final_activation == fusing.HARD_SWISH
    assert last.addend == operations[1].outputs[0]
    x = np.linspace(-4, 4, 16, dtype=np.float32).reshape(1, 2, 2, 4)
    with create_runner(model) as on_cpu, create_runner(model, backend="webgpu") as on_gpu:
        np.testing.assert_allclose(on_gpu.run([x])[0], on_cpu.run([x])[0], atol=1e-6)


def test_addition_of_a_value_to_itself_is_not_fused(builder: Any) -> None:
    model = residual(builder, shape=(1, 1, 1, 4))
    assert "ADD" in {operation.name for operation in fusing.fuse(read_network(model))}
