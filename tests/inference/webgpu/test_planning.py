from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.inference import TfliteModel, load_model
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.plan import NotOnGpuError, Plan
from mpgraph.inference.webgpu.planning import make_plan


def planned(model: TfliteModel) -> Plan:
    return make_plan(read_network(model), [spec.shape for spec in model.inputs])


def test_activations_and_constants_need_no_dispatch(selfie_model: TfliteModel) -> None:
    plan = planned(selfie_model)
    assert len(selfie_model.ops) == 246
    # Without constants 136: 44 activations and 8 additions are fused; two pack the input, unpack the output.
    assert len(plan.dispatches) == 136 - 44 - 8 + 2
    assert not {"unary", "copy"} & {dispatch.kernel for dispatch in plan.dispatches}


def test_outputs_have_the_models_shapes(selfie_model: TfliteModel) -> None:
    (output,) = planned(selfie_model).outputs
    assert output.shape.dims == selfie_model.outputs[0].shape


def test_integer_inputs_are_rejected(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 4], np.uint8), builder.tensor("y", [1, 4], np.uint8)
    builder.operator("RELU", [x], [y])
    with pytest.raises(NotOnGpuError, match='takes uint8 for "x"'):
        planned(load_model(builder.build([x], [y]), origin="bytes.tflite"))


def test_values_larger_than_a_buffer_are_rejected(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 64, 64, 1]), builder.tensor("y", [1, 8192, 8192, 1])
    size = builder.constant("size", np.array([8192, 8192], np.int32))
    builder.operator("RESIZE_BILINEAR", [x, size], [y], options_type=15, options={})
    with pytest.raises(NotOnGpuError, match=r"result \[1, 8192, 8192, 1\] exceeds the 128 MiB"):
        planned(load_model(builder.build([x], [y]), origin="large.tflite"))


def test_computed_weights_are_rejected(builder: Any) -> None:
    x, weights = builder.tensor("x", [1, 4]), builder.tensor("weights", [2, 4])
    y = builder.tensor("y", [1, 2])
    builder.operator("FULLY_CONNECTED", [x, weights], [y], options_type=8, options={})
    with pytest.raises(NotOnGpuError, match="its operand 1 is computed"):
        planned(load_model(builder.build([x, weights], [y]), origin="m.tflite"))
