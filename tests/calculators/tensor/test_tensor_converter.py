from __future__ import annotations

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import FailedPreconditionError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.testing import run, t

NAME = "TensorConverterCalculator"


def test_image_becomes_one_tensor_of_its_size() -> None:
    frame = ImageFrame.wrap(np.array([[0, 255], [51, 102]], np.uint8))
    expected = np.array([-1, 1, -0.6, -0.2], np.float32).reshape(1, 2, 2, 1)
    run(NAME).send("IMAGE", frame @ t(2)).expect("TENSORS", [expected] @ t(2))


def test_matrix_is_stored_column_by_column() -> None:
    expected = np.array([1, 3, 5, 2, 4, 6], np.float32).reshape(1, 3, 2, 1)
    run(NAME).send("MATRIX", Matrix([[1, 2], [3, 4], [5, 6]]) @ t(0)).expect("TENSORS", [expected] @ t(0))


@pytest.mark.parametrize(
    ("inputs", "options", "message"),
    [
        ([], "", "exactly one input stream"),
        (["IMAGE", "MATRIX"], "", "exactly one input stream"),
        (["IMAGE"], "max_num_channels: 2", "max_num_channels is 2"),
        (["IMAGE"], "output_tensor_float_range { min: 1 max: 1 }", "min < max"),
        (["IMAGE"], "use_custom_normalization: true custom_div: 0", "custom_div must not be 0"),
    ],
)
def test_wrong_ports_and_options_are_refused(inputs: list[str], options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=inputs, outputs=["TENSORS"])


def test_options_that_contradict_each_other_are_refused() -> None:
    """As in MediaPipe's own test."""
    text = """
    input_stream: "i" output_stream: "t"
    node {
      calculator: "TensorConverterCalculator" input_stream: "IMAGE:i" output_stream: "TENSORS:t"
      options {
        [mediapipe.TensorConverterCalculatorOptions.ext] { flip_vertically: true gpu_origin: TOP_LEFT }
      }
    }
    """
    with pytest.raises(FailedPreconditionError, match="Cannot specify both flip_vertically and gpu_origin"):
        mp.CalculatorGraph(graph_config=text)
