from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.tensor import Tensor
from mpgraph.testing import run, t

NAME = "TfLiteTensorsToFloatsCalculator"


def tensors(*values: float) -> Any:
    return [Tensor(np.array([values], np.float32))]


def test_values() -> None:
    node = run(NAME, outputs=["FLOATS", "FLOAT"]).send("TENSORS", tensors(0.75) @ t(1))
    node.expect("FLOATS", [0.75] @ t(1)).expect("FLOAT", 0.75 @ t(1))
    run(NAME, outputs=["FLOATS"]).send("TENSORS", tensors(1, 2) @ t(1)).expect("FLOATS", [1.0, 2.0] @ t(1))


def test_several_values_are_no_single_one() -> None:
    node = run(NAME, outputs=["FLOAT"]).send("TENSORS", tensors(1, 2) @ t(1))
    node.expect_error("one value, but it has 2", InvalidArgumentError)


def test_an_output_is_required() -> None:
    with pytest.raises(RuntimeError, match=f"{NAME} needs the output stream"):
        run(NAME, inputs=["TENSORS"], outputs=[])
