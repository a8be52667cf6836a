from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.inference import TfliteModel, load_model
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.webgpu.network import read_network


def test_half_floats_are_unpacked(selfie_model: TfliteModel) -> None:
    network = read_network(selfie_model)
    assert "DEQUANTIZE" not in {operation.name for operation in network.operations}
    for operation in network.operations:
        for index in operation.inputs:
            constant = network.tensors[index].constant
            assert constant is None or constant.dtype in (np.float32, np.int32)


def test_options_are_read(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 4]), builder.tensor("y", [1, 4])
    builder.operator("SOFTMAX", [x], [y], options_type=9, options={0: Number("f", 2.5)})
    (operation,) = read_network(load_model(builder.build([x], [y]), origin="m")).operations
    assert operation.real_option(0) == 2.5 and operation.real_option(1, 7.0) == 7.0
    assert operation.option(3) == 0 and operation.option(3, "i", 9) == 9
