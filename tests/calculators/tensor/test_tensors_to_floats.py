from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.tensor import Tensor
from mpgraph.testing import run, t

NAME = "TensorsToFloatsCalculator"


def tensors(*arrays: Any) -> Any:
    return [Tensor(np.asarray(array)) for array in arrays] @ t(1)


def test_all_values_of_the_first_tensor() -> None:
    values = np.array([[1, 2], [3, 4]], np.float32)
    node = run(NAME, outputs=["FLOATS"]).send("TENSORS", tensors(values, values * 2))
    node.expect("FLOATS", [1.0, 2.0, 3.0, 4.0] @ t(1), tolerance=0)


def test_single_value() -> None:
    node = run(NAME, outputs=["FLOAT"]).send("TENSORS", tensors(np.array([[0.5]], np.float32)))
    node.expect("FLOAT", 0.5 @ t(1), tolerance=0)


def test_sigmoid() -> None:
    node = run(NAME, "activation: SIGMOID", outputs=["FLOAT"])
    node.send("TENSORS", tensors(np.array([2], np.float32))).expect("FLOAT", 0.8807971 @ t(1))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ([np.zeros(2, np.float32)], "FLOAT needs a tensor with one value, but it has 2"),
        ([np.zeros(1, np.int8)], "must start with a float32 tensor"),
        ([], "an empty list"),
    ],
)
def test_unsuitable_tensors_are_reported(arrays: Any, message: str) -> None:
    node = run(NAME, outputs=["FLOAT"]).send("TENSORS", tensors(*arrays))
    node.expect_error(message, ValueError)


@pytest.mark.parametrize("outputs", [[], ["FLOAT", "FLOATS"]])
def test_exactly_one_output_is_required(outputs: list[str]) -> None:
    with pytest.raises(RuntimeError, match="needs either the output stream FLOATS or FLOAT"):
        run(NAME, inputs=["TENSORS"], outputs=outputs)
