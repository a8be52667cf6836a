from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import packet as packets


def graph(tags: str, options: str = "") -> str:
    outs = " ".join(f'output_stream: "{tag.lower()}"' for tag in tags.split())
    ports = " ".join(f'output_stream: "{tag}:{tag.lower()}"' for tag in tags.split())
    return f"""
        input_stream: "in" {outs}
        node {{
          calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:in" {ports}
          options {{ [mediapipe.TensorsToFloatsCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def tensors(*arrays: Any) -> packets.Packet:
    return packets.make([Tensor(np.asarray(array)) for array in arrays], TENSORS)


def test_all_values_of_the_first_tensor(run: Any) -> None:
    values = np.array([[1, 2], [3, 4]], np.float32)
    assert run(graph("FLOATS"), [("in", 1, tensors(values, values * 2))])["floats"] == [(1, [1, 2, 3, 4])]


def test_the_only_value(run: Any) -> None:
    out = run(graph("FLOAT FLOATS"), [("in", 0, tensors(np.array([[0.5]], np.float32)))])
    assert out == {"float": [(0, 0.5)], "floats": [(0, [0.5])]}


def test_sigmoid(run: Any) -> None:
    out = run(graph("FLOAT", "activation: SIGMOID"), [("in", 0, tensors(np.array([2], np.float32)))])
    assert out["float"] == [(0, pytest.approx(0.8807971))]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ([np.zeros(2, np.float32)], "FLOAT needs a tensor with one value, but it has 2"),
        ([np.zeros(1, np.int8)], "must start with a float32 tensor"),
        ([], "an empty list"),
    ],
)
def test_tensors_it_cannot_take(run: Any, arrays: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph("FLOAT"), [("in", 0, tensors(*arrays))])


def test_an_output_is_needed(run: Any) -> None:
    with pytest.raises(ValueError, match="needs the output stream FLOATS or FLOAT"):
        run(graph(""))
