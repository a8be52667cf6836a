"""Models that run in segments around the operators that numpy computes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InferenceError, InvalidArgumentError
from mpgraph.framework import resources
from mpgraph.inference import TfliteModel, create_runner, load_model
from mpgraph.inference.segments import split

ATTENTION = "face_landmark_with_attention.tflite"


@pytest.fixture(scope="module")
def attention() -> TfliteModel:
    path: Path = resources.shipped_models() / ATTENTION
    return load_model(path.read_bytes(), origin=ATTENTION)


def moved_sum(builder: Any, *, version: int = 2, out_shape: tuple[int, ...] = (1, 2, 2)) -> TfliteModel:
    """out = transform(x + w, matrix) + w, with a half-precision weight w that both additions use."""
    x, matrix = builder.tensor("x", [1, 2, 2]), builder.tensor("matrix", [1, 4, 4])
    half = builder.constant("half", np.array([[[1, 2], [3, 4]]], np.float16))
    w, added = builder.tensor("w", [1, 2, 2]), builder.tensor("added", [1, 2, 2])
    moved, out = builder.tensor("moved", out_shape), builder.tensor("out", [1, 2, 2])
    builder.operator("DEQUANTIZE", [half], [w])
    builder.operator("ADD", [x, w], [added], options_type=11, options={})
    builder.operator("TransformLandmarks", [added, matrix], [moved], version=version)
    builder.operator("ADD", [moved, w], [out], options_type=11, options={})
    return load_model(builder.build([x, matrix], [out, added]), origin="moved.tflite")


def test_model_with_attention_has_three_builtin_segments(attention: TfliteModel) -> None:
    segments = split(attention)
    assert segments is not None
    kinds = [isinstance(item.work, TfliteModel) for item in segments.items]
    assert kinds == [True, *[False] * 6, True, *[False] * 5, True]
    models = [item.work for item in segments.items if isinstance(item.work, TfliteModel)]
    assert all(model.static_shapes and not model.custom_ops for model in models)
    # No weight is handed from one segment to another.
    assert [len(model.inputs) for model in models] == [1, 7, 6]
    assert split(attention) is segments


def test_backends_agree_on_the_model_with_attention(attention: TfliteModel, backend: str) -> None:
    x = np.random.default_rng(1).random(attention.inputs[0].shape, np.float32)
    with create_runner(attention, backend=backend) as runner, create_runner(attention) as default:
        outputs, expected = runner.run([x]), default.run([x])
        assert runner.backend == backend and runner.outputs == attention.outputs
    assert [array.shape for array in outputs] == [spec.shape for spec in attention.outputs]
    for array, other in zip(outputs, expected, strict=True):
        np.testing.assert_allclose(array, other, rtol=0, atol=2e-3)  # in pixels of 192


def test_segments_hand_on_values_and_unpack_shared_weights(builder: Any, backend: str) -> None:
    model = moved_sum(builder)
    matrix = np.eye(4, dtype=np.float32)[None]
    matrix[0, :2, 3] = 10, 20
    with create_runner(model, backend=backend) as runner:
        out, added = runner.run([np.ones((1, 2, 2), np.float32), matrix])
        with pytest.raises(InvalidArgumentError, match="cannot take"):
            runner.resize_input(0, (1, 3, 2))
    np.testing.assert_array_equal(added, [[[2, 3], [4, 5]]])
    np.testing.assert_array_equal(out, [[[13, 25], [17, 29]]])


def test_models_of_builtin_operators_are_not_split(doubler: TfliteModel) -> None:
    assert split(doubler) is None


def test_other_versions_of_the_operators_are_refused_as_before(builder: Any) -> None:
    model = moved_sum(builder, version=1)
    assert split(model) is None
    with pytest.raises(InferenceError, match="custom operator TransformLandmarks"):
        create_runner(model)


def test_invalid_operands_are_reported(builder: Any) -> None:
    model = moved_sum(builder, out_shape=(1, 1, 2))
    with pytest.raises(
        InferenceError, match=r'operator TransformLandmarks of "moved\.tflite": operator 2 ret'
    ):
        create_runner(model)
