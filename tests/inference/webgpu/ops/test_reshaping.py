from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InferenceError
from mpgraph.inference.flatbuffer import Numbers

RESHAPE, SQUEEZE, EXPAND = 17, 30, 52


@pytest.mark.parametrize(
    "new_shape", [(1, 72), (1, 8, 9), (72,), (2, 36), (1, 4, 3, 6), (1, 6, 12, 1), (8, -1), (1, 24, 3)]
)
def test_reshape(compare: Any, noise: Any, new_shape: tuple[int, ...]) -> None:
    x = noise(1, 3, 4, 6)
    outputs = [x.reshape(new_shape).shape]
    operands = [x, np.array(new_shape, np.int32)]
    compare("RESHAPE", operands, constants=(1,), options={}, options_type=RESHAPE, outputs=outputs)


def test_reshape_by_its_options(compare: Any, noise: Any) -> None:
    options = {0: Numbers("i", [4, 18])}
    compare("RESHAPE", [noise(1, 3, 4, 6)], options=options, options_type=RESHAPE, outputs=[(4, 18)])


@pytest.mark.parametrize(("axes", "new_shape"), [([], (3, 6)), ([1], (1, 3, 6))])
def test_squeeze(compare: Any, noise: Any, axes: list[int], new_shape: tuple[int, ...]) -> None:
    x = noise(1, 1, 3, 6)
    options = {0: Numbers("i", axes)}
    compare("SQUEEZE", [x], options=options, options_type=SQUEEZE, outputs=[new_shape])


def test_expand_dims(compare: Any, noise: Any) -> None:
    operands = [noise(3, 6), np.array(-1, np.int32)]
    compare("EXPAND_DIMS", operands, constants=(1,), options={}, options_type=EXPAND, outputs=[(3, 6, 1)])


def test_inconsistent_sizes_are_reported(compare: Any, noise: Any) -> None:
    operands = [noise(1, 6), np.array([4, 2], np.int32)]
    model = compare.build("RESHAPE", operands, constants=(1,), options={}, options_type=RESHAPE)
    with pytest.raises(InferenceError, match=r"turns \[1, 6\] into \[4, 2\]"):
        compare.gpu(model, operands[:1])


def test_more_than_four_dimensions_are_rejected(compare: Any, noise: Any) -> None:
    operands = [noise(1, 6), np.array([1, 1, 1, 3, 2], np.int32)]
    model = compare.build("RESHAPE", operands, constants=(1,), options={}, options_type=RESHAPE)
    with pytest.raises(InferenceError, match="more than four dimensions"):
        compare.gpu(model, operands[:1])
