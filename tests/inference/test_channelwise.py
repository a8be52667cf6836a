from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.inference import TfliteModel, create_runner, load_model
from mpgraph.inference.channelwise import separately_rounded
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.schema import DEPTHWISE_CONV_2D_OPTIONS, DepthwiseConvSlot

Floats = npt.NDArray[np.float32]

RANDOM = np.random.default_rng(3)
IMAGE = RANDOM.uniform(-9, 9, (1, 6, 8, 16)).astype(np.float32)
WEIGHTS = RANDOM.uniform(-2, 2, (1, 1, 1, 16)).astype(np.float32)
BIAS = RANDOM.uniform(-2, 2, 16).astype(np.float32)


def convolution(
    builder: Any, weights: Floats = WEIGHTS, stride: int = 1, activation: int = 0, repeat: int = 1
) -> TfliteModel:
    """A model of depthwise convolutions one after another, without padding."""
    first = source = builder.tensor("x", IMAGE.shape)
    _, height, width, channels = IMAGE.shape
    kernel = weights.shape[1]
    out_shape = (1, (height - kernel) // stride + 1, (width - kernel) // stride + 1, channels)
    for index in range(repeat):
        out = builder.tensor(f"y{index}", out_shape)
        inputs = [source, builder.constant(f"w{index}", weights), builder.constant(f"b{index}", BIAS)]
        options = {
            DepthwiseConvSlot.PADDING: Number("b", 1),
            DepthwiseConvSlot.STRIDE_W: Number("i", stride),
            DepthwiseConvSlot.STRIDE_H: Number("i", stride),
            DepthwiseConvSlot.DEPTH_MULTIPLIER: Number("i", 1),
            DepthwiseConvSlot.ACTIVATION: Number("b", activation),
        }
        builder.operator(
            "DEPTHWISE_CONV_2D", inputs, [out], options_type=DEPTHWISE_CONV_2D_OPTIONS, options=options
        )
        source = out
    return load_model(builder.build([first], [source]), origin="m")


def output(model: TfliteModel, backend: str) -> Floats:
    with create_runner(model, backend=backend) as runner:
        (result,) = runner.run([IMAGE])
    return result.astype(np.float32)


@pytest.mark.skipif(find_spec("ai_edge_litert") is None, reason="only LiteRT gets the other operators")
def test_product_and_sum_are_rounded_separately_as_in_mediapipe(builder: Any) -> None:
    once = (IMAGE.astype(float) * WEIGHTS + BIAS).astype(np.float32)
    twice = IMAGE * WEIGHTS + BIAS
    assert (once != twice).any()
    np.testing.assert_array_equal(output(convolution(builder), "litert"), twice)


def test_all_convolutions_of_a_model_are_computed(builder: Any, backend: str) -> None:
    expected = (IMAGE * WEIGHTS + BIAS) * WEIGHTS + BIAS
    np.testing.assert_allclose(
        output(convolution(builder, repeat=2), backend), expected, rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize(
    "changed",
    [{"stride": 2}, {"activation": 1}, {"weights": np.tile(WEIGHTS, (1, 3, 3, 1))}],
    ids=["stride", "activation", "3x3"],
)
def test_other_convolutions_stay_as_they_are(builder: Any, changed: dict[str, Any], backend: str) -> None:
    model = convolution(builder, **changed)
    assert separately_rounded(model) is model.data
    if "activation" in changed:
        np.testing.assert_allclose(
            output(model, backend), np.maximum(IMAGE * WEIGHTS + BIAS, 0), rtol=1e-5, atol=1e-5
        )
