from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.inference.flatbuffer import (
    Field,
    FlatbufferError,
    NewTable,
    Number,
    Numbers,
    References,
    Table,
    root,
    write,
)
from mpgraph.inference.webgpu import sparse

Array = npt.NDArray[Any]
VECTOR_TYPES = {"i": 1, "H": 2, "B": 3}


def vector(slot: int, numbers: Sequence[int], kind: str) -> dict[int, Field]:
    return {
        slot: Number("B", VECTOR_TYPES[kind]),
        slot + 1: NewTable({0: Numbers(kind, numbers)}),
    }


def encoded(
    array: Array, order: Sequence[int], is_sparse: Sequence[bool], blocks: Sequence[int], kind: str
) -> tuple[Array, Table]:
    """`array`, already cut into blocks along its last axes, as a model stores it."""
    walked = array.transpose(order)
    nodes: list[tuple[int, ...]] = [()]
    levels = []
    for size, packed in zip(walked.shape, is_sparse, strict=True):
        starts, indices, following = [0], [], []
        for node in nodes:
            for index in range(size):
                if not packed or walked[(*node, index)].any():
                    following.append((*node, index))
                    indices.append(index)
            starts.append(len(indices))
        fields: dict[int, Field] = {0: Number("b", int(packed)), 1: Number("i", size)}
        if packed:
            fields |= vector(2, starts, kind) | vector(4, indices, kind)
        levels.append(NewTable(fields))
        nodes = following
    values = np.array([walked[node] for node in nodes], np.float32)
    fields = {0: Numbers("i", list(order)), 1: Numbers("i", list(blocks)), 2: References(levels)}
    return values, root(write(NewTable(fields), b"TEST"), b"TEST")


@settings(max_examples=60, derandomize=True)
@given(
    data=st.data(),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    seed=st.integers(0, 99),
    kind=st.sampled_from("iHB"),
)
def test_what_was_left_out_is_zero(data: st.DataObject, shape: list[int], seed: int, kind: str) -> None:
    random = np.random.default_rng(seed)
    array = random.random(shape) * (random.random(shape) < 0.4)
    order = data.draw(st.permutations(range(len(shape))))
    is_sparse = data.draw(st.lists(st.booleans(), min_size=len(shape), max_size=len(shape)))
    values, sparsity = encoded(array, order, is_sparse, [], kind)
    np.testing.assert_array_equal(sparse.dense(values, shape, sparsity), array.astype(np.float32))


def test_blocks() -> None:
    """Columns in blocks of two: level 1 counts blocks, level 2 the elements in them."""
    array = np.array([[1, 2, 0, 0], [0, 0, 3, 4]], np.float32)
    values, sparsity = encoded(array.reshape(2, 2, 2), (0, 1, 2), (False, True, False), [1], "i")
    assert values.tolist() == [1, 2, 3, 4]
    assert sparse.dense(values, (2, 4), sparsity).tolist() == array.tolist()


@pytest.mark.parametrize("shape", [(3,), (2, 2, 2), (1, 4)])
def test_inconsistent_shape_is_reported(shape: tuple[int, ...]) -> None:
    values, sparsity = encoded(np.ones((2, 4)), (0, 1), (True, True), [], "i")
    with pytest.raises(FlatbufferError, match="a sparse constant"):
        sparse.dense(values, shape, sparsity)


def test_missing_values_are_reported() -> None:
    values, sparsity = encoded(np.ones((2, 4)), (0, 1), (True, True), [], "i")
    with pytest.raises(FlatbufferError, match="a sparse constant has 5 values"):
        sparse.dense(values[:5], (2, 4), sparsity)


def test_excessive_sizes_are_reported() -> None:
    level = NewTable({0: Number("b", 0), 1: Number("i", 2**31 - 1)})
    fields = {0: Numbers("i", [0]), 2: References([level])}
    sparsity = root(write(NewTable(fields), b"TEST"), b"TEST")
    with pytest.raises(FlatbufferError, match="has the extent 2147483647, not 4"):
        sparse.dense(np.ones(1, np.float32), (4,), sparsity)
