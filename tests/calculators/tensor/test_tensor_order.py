from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.tensor.tensor_order import TensorOrder
from mpgraph.inference import TensorSpec
from mpgraph.protos import message_class

FLOAT = np.dtype(np.float32)
INPUTS = [TensorSpec(name, (1,), FLOAT) for name in ("image", "state", "scale")]
OUTPUTS = [TensorSpec(name, (1,), FLOAT) for name in ("mask", "new_state")]


def order(**config: Any) -> TensorOrder:
    message = message_class("mediapipe.InferenceCalculatorOptions.InputOutputConfig")(**config)
    return TensorOrder.from_config(message, INPUTS, OUTPUTS)


def test_default_is_the_order_of_the_model() -> None:
    assert order() == TensorOrder((0, 1, 2), (0, 1)) == TensorOrder.from_config(None, INPUTS, OUTPUTS)


def test_order_by_index_and_by_name() -> None:
    assert order(
        input_tensor_indices_map={"model_tensor_indices": [2, 0, 1]},
        output_tensor_names_map={"tensor_names": ["new_state", "mask"]},
    ) == TensorOrder((2, 0, 1), (1, 0))


def test_tensors_fed_back_are_not_in_streams() -> None:
    link = {"from_output_tensor_name": "new_state", "to_input_tensor_name": "state"}
    assert order(feedback_tensor_links=[link]) == TensorOrder((0, 2), (0,), ((1, 1),))
    named = order(feedback_tensor_links=[link], input_tensor_names_map={"tensor_names": ["scale", "image"]})
    assert named.inputs == (2, 0)


def test_indexed_pairs_tensors_with_inputs() -> None:
    reordered = TensorOrder((2, 0, 1), (0, 1))
    assert reordered.indexed("abc", "model.tflite") == [(2, "a"), (0, "b"), (1, "c")]
    with pytest.raises(ValueError, match=r'"model.tflite" takes 3 tensors, not 2'):
        reordered.indexed("ab", "model.tflite")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"input_tensor_indices_map": {"model_tensor_indices": [0, 1]}}, "each of the model's inputs"),
        ({"input_tensor_indices_map": {"model_tensor_indices": [0, 1, 1]}}, "each of the model's inputs"),
        ({"output_tensor_indices_map": {"model_tensor_indices": [0, 7]}}, "each of the model's outputs"),
        ({"input_tensor_names_map": {"tensor_names": ["imag"]}}, 'no input tensor "imag".*"image"'),
        (
            {"feedback_tensor_links": [{"from_output_tensor_name": "x", "to_input_tensor_name": "state"}]},
            'no output tensor "x"',
        ),
    ],
)
def test_order_that_does_not_fit_the_model_is_refused(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        order(**config)
