from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.inference.flatbuffer import Number

BILINEAR, NEAREST = 15, 74
modes = st.sampled_from([(0, 0), (1, 0), (0, 1)])


@settings(max_examples=25, derandomize=True)
@given(
    size=st.tuples(*[st.integers(1, 9)] * 2),
    out_size=st.tuples(*[st.integers(1, 20)] * 2),
    depth=st.integers(1, 6),
    mode=modes,
)
def test_bilinear(
    compare: Any,
    noise: Any,
    size: tuple[int, int],
    out_size: tuple[int, int],
    depth: int,
    mode: tuple[int, int],
) -> None:
    operands = [noise(1, *size, depth), np.array(out_size, np.int32)]
    options = {2: Number("b", mode[0]), 3: Number("b", mode[1])}
    compare("RESIZE_BILINEAR", operands, constants=(1,), options=options, options_type=BILINEAR)


@pytest.mark.parametrize("mode", [(0, 0), (1, 0), (0, 1)])
@pytest.mark.parametrize("sizes", [((4, 6), (8, 12)), ((8, 8), (4, 2)), ((5, 5), (9, 9)), ((1, 1), (3, 3))])
def test_nearest(compare: Any, noise: Any, sizes: Any, mode: tuple[int, int]) -> None:
    size, out_size = sizes
    operands = [noise(1, *size, 5), np.array(out_size, np.int32)]
    options = {0: Number("b", mode[0]), 1: Number("b", mode[1])}
    compare("RESIZE_NEAREST_NEIGHBOR", operands, constants=(1,), options=options, options_type=NEAREST)
