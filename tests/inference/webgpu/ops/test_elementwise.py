from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.errors import InferenceError
from mpgraph.inference.flatbuffer import Number

TYPES = {"ADD": 11, "SUB": 28, "MUL": 21, "DIV": 29, "MAXIMUM": 55, "MINIMUM": 55}
few = settings(max_examples=15, derandomize=True)


def result(*shapes: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [tuple(np.broadcast_shapes(*shapes))]


@few
@given(data=st.data(), name=st.sampled_from(sorted(TYPES)), is_constant=st.booleans())
def test_operands_are_broadcast(
    compare: Any, noise: Any, data: st.DataObject, name: str, is_constant: bool
) -> None:
    full = data.draw(st.tuples(*[st.integers(1, 6)] * 3))
    rank = data.draw(st.integers(1, 4))
    whole = (1, *full)
    part = tuple(data.draw(st.sampled_from([1, size])) for size in whole[4 - rank :])
    operands = [noise(*whole), noise(*part, seed=1) + 3]
    compare(
        name,
        operands,
        constants=(1,) if is_constant else (),
        options={},
        options_type=TYPES[name],
        outputs=result(whole, part),
    )


@pytest.mark.parametrize("shapes", [((1, 4, 5, 6), (1, 1, 1, 6)), ((1, 1, 1, 6), (1, 4, 5, 6))])
def test_first_operand_may_be_the_smaller_one(compare: Any, noise: Any, shapes: Any) -> None:
    first, second = shapes
    operands = [noise(*first), noise(*second, seed=1)]
    compare("SUB", operands, options={}, options_type=TYPES["SUB"], outputs=result(first, second))


def test_activation_option(compare: Any, noise: Any) -> None:
    operands = [noise(1, 2, 3, 5), noise(1, 2, 3, 5, seed=1)]
    compare("ADD", operands, options={0: Number("b", 1)}, options_type=11, outputs=[(1, 2, 3, 5)])


@pytest.mark.parametrize("name", ["RELU", "RELU6", "RELU_N1_TO_1", "HARD_SWISH", "LOGISTIC", "TANH"])
@pytest.mark.parametrize("shape", [(1, 3, 3, 5), (2, 7), (1,)])
def test_functions_of_one_value(compare: Any, noise: Any, name: str, shape: tuple[int, ...]) -> None:
    compare(name, [8 * noise(*shape)], outputs=[shape])


def test_functions_stay_finite_for_large_values(compare: Any) -> None:
    far = np.array([[-1e4, -100, -50, 50, 100, 1e4]], np.float32)
    compare("TANH", [far], outputs=[far.shape])
    compare("LOGISTIC", [far], outputs=[far.shape])
    compare("HARD_SWISH", [far], outputs=[far.shape])


def test_prelu(compare: Any, noise: Any) -> None:
    compare("PRELU", [noise(1, 3, 4, 7), noise(1, 1, 7, seed=1)], constants=(1,), outputs=[(1, 3, 4, 7)])


@pytest.mark.parametrize("shape", [(1, 2), (3, 5), (1, 2, 3, 9), (1, 1000)])
def test_softmax(compare: Any, noise: Any, shape: tuple[int, ...]) -> None:
    compare("SOFTMAX", [9 * noise(*shape)], options={0: Number("f", 1.0)}, options_type=9, outputs=[shape])


def test_incompatible_shapes_are_reported(compare: Any, noise: Any) -> None:
    operands = [noise(1, 2, 3, 4), noise(1, 2, 2, 4)]
    model = compare.build("ADD", operands, options={}, options_type=11)
    with pytest.raises(InferenceError, match=r"combines \[1, 2, 3, 4\] with \[1, 2, 2, 4\]"):
        compare.gpu(model, operands)
