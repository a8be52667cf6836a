from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix


def graph(tags: str, options: str = "") -> str:
    ports = " ".join(f'input_stream: "{tag}:in"' for tag in tags.split())
    return f"""
        input_stream: "in" output_stream: "out"
        node {{
          calculator: "TensorConverterCalculator" {ports} output_stream: "TENSORS:out"
          options {{ [mediapipe.TensorConverterCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def test_a_picture_becomes_one_tensor_of_its_size(run: Any) -> None:
    frame = ImageFrame.wrap(np.array([[0, 255], [51, 102]], np.uint8))
    [(t, [tensor])] = run(graph("IMAGE"), [("in", 2, frame)])["out"]
    assert t == 2 and tensor.shape == (1, 2, 2, 1)
    assert tensor.array.ravel().tolist() == pytest.approx([-1, 1, -0.6, -0.2])


def test_a_matrix_goes_column_by_column(run: Any) -> None:
    [(_, [tensor])] = run(graph("MATRIX"), [("in", 0, Matrix([[1, 2], [3, 4], [5, 6]]))])["out"]
    assert tensor.shape == (1, 3, 2, 1) and tensor.array.ravel().tolist() == [1, 3, 5, 2, 4, 6]


@pytest.mark.parametrize(
    ("tags", "options", "message"),
    [
        ("", "", "exactly one input stream"),
        ("IMAGE MATRIX", "", "exactly one input stream"),
        ("IMAGE", "max_num_channels: 2", "max_num_channels is 2"),
        ("IMAGE", "output_tensor_float_range { min: 1 max: 1 }", "min < max"),
        ("IMAGE", "use_custom_normalization: true custom_div: 0", "custom_div must not be 0"),
    ],
)
def test_what_is_refused_when_the_graph_is_built(run: Any, tags: str, options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(tags, options))
