"""Layers of few outputs have the roundings of MediaPipe's kernel; the values are computed by hand."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.inference import TfliteModel, create_runner, load_model, narrow_layers
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.narrow_layers import NarrowLayer
from mpgraph.inference.segments import split

LARGE = 2.0**24  # In float32, LARGE + 1 is LARGE.


@pytest.fixture
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrow_layers, "kernel_width", lambda: 16)


def layer(builder: Any, outputs: int, *, activation: int = 0, dtype: type = np.float16) -> TfliteModel:
    """out = 1.5 w x + 1 with w = 1; then doubled."""
    x = builder.tensor("x", [1, 8])
    weights = builder.constant("weights", np.full((outputs, 8), 1.5, dtype))
    if dtype is np.float16:
        half, weights = weights, builder.tensor("unpacked", [outputs, 8])
        builder.operator("DEQUANTIZE", [half], [weights])
    bias = builder.constant("bias", np.ones(outputs, np.float32))
    between, out = builder.tensor("between", [1, outputs]), builder.tensor("out", [1, outputs])
    builder.operator(
        "FULLY_CONNECTED", [x, weights, bias], [between], options_type=8, options={0: Number("b", activation)}
    )
    builder.operator("ADD", [between, between], [out], options_type=11, options={})
    return load_model(builder.build([x], [out]), origin="layer.tflite")


def test_every_fourth_product_is_summed_by_itself() -> None:
    x = np.array([[LARGE, 1, 1, 1, -LARGE, 1, 1, 1]], np.float32)
    # One after the other, the ones would be lost between LARGE and -LARGE.
    assert NarrowLayer(np.ones((1, 8), np.float32), np.zeros(1, np.float32))(x).tolist() == [[6]]
    # The bias is the start of the first sum: it is lost in it.
    assert NarrowLayer(np.ones((1, 8), np.float32), np.ones(1, np.float32))(x).tolist() == [[6]]


def test_products_are_rounded_before_they_are_added() -> None:
    x = np.array([1 + 2**-12, 0, 0, 0, 1, 0, 0, 0], np.float32)
    weights = np.array([[1 + 2**-12, 0, 0, 0, -1, 0, 0, 0]], np.float32)
    # The exact square is 1 + 2**-11 + 2**-24; rounded, the last term is gone.
    assert NarrowLayer(weights, np.zeros(1, np.float32))(x).tolist() == [[2**-11]]


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize(
    ("outputs", "inputs", "expected"), [(1, 4, True), (15, 1152, True), (16, 4, False), (1, 6, False)]
)
def test_narrow_layers_have_fewer_outputs_than_the_kernel(outputs: int, inputs: int, expected: bool) -> None:
    assert NarrowLayer.accepts((outputs, inputs)) is expected


@pytest.mark.usefixtures("width")
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_models_are_split_at_narrow_layers(builder: Any, dtype: type, backend: str) -> None:
    model = layer(builder, 2, dtype=dtype)
    segments = split(model, narrow_layers=True)
    assert segments is not None and split(model) is None
    assert [type(item.work).__name__ for item in segments.items] == ["NarrowLayer", "TfliteModel"]
    with create_runner(model, backend=backend) as runner:
        assert runner.backend == backend
        (found,) = runner.run([np.arange(8, dtype=np.float32)[None]])
    np.testing.assert_array_equal(found, [[86, 86]])  # 2 (1.5 (0 + ... + 7) + 1)


@pytest.mark.usefixtures("width")
def test_other_layers_are_the_backends(builder: Any) -> None:
    assert split(layer(builder, 16), narrow_layers=True) is None


@pytest.mark.usefixtures("width")
def test_layers_with_an_activation_are_the_backends(builder: Any) -> None:
    assert split(layer(builder, 2, activation=1), narrow_layers=True) is None


def test_width_of_the_kernel_follows_from_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"x86_64": "flags : sse2 avx2", "AMD64": "flags : avx2 avx512f avx512dq", "aarch64": "avx512f"}
    widths = []
    for machine, text in texts.items():
        narrow_layers.kernel_width.cache_clear()
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        monkeypatch.setattr(Path, "read_text", lambda *_, text=text, **__: text)
        widths.append(narrow_layers.kernel_width())
    narrow_layers.kernel_width.cache_clear()
    assert widths == [16, 32, 0]
