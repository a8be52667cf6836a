"""Sparsity parameters that contradict each other, the shape or the number of stored values."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mpgraph.inference.flatbuffer import (
    FlatbufferError,
    NewTable,
    Number,
    Numbers,
    References,
    Table,
    root,
    write,
)
from mpgraph.inference.sparsity import Sparsity


def rows(
    starts: Sequence[int] = (0, 1, 3),
    indices: Sequence[int] = (2, 0, 3),
    *,
    order: Sequence[int] = (0, 1),
    height: int = 2,
    kind: int = 1,
) -> Table:
    """Compressed sparse rows of a 2x4 matrix: the height is dense, the width sparse."""
    code = {1: "i", 2: "H", 3: "B"}.get(kind, "i")
    fields = {0: Number("b", 1), 2: Number("B", kind), 3: NewTable({0: Numbers(code, starts)})}
    fields |= {4: Number("B", kind), 5: NewTable({0: Numbers(code, indices)})}
    levels = [NewTable({0: Number("b", 0), 1: Number("i", height)}), NewTable(fields)]
    table = NewTable({0: Numbers("i", list(order)), 2: References(levels)})
    return root(write(table, b"TEST"), b"TEST")


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_levels_are_read(kind: int) -> None:
    dense, sparse = Sparsity.read(rows(kind=kind), (2, 4), 3).levels
    assert (dense.dim, dense.size, dense.starts) == (0, 2, None)
    assert sparse.starts is not None and sparse.indices is not None
    assert (sparse.size, sparse.starts.tolist(), sparse.indices.tolist()) == (4, [0, 1, 3], [2, 0, 3])


@pytest.mark.parametrize(
    ("table", "stored", "message"),
    [
        (rows(), 4, "has 4 values, its indices are those of 3"),
        (rows(indices=(2, 0, 4)), 3, "wrong indices"),
        (rows(indices=(2, -1, 3)), 3, "wrong indices"),
        (rows(starts=(0, 3, 1)), 3, "wrong indices"),
        (rows(starts=(1, 1, 3)), 3, "wrong indices"),
        (rows(starts=(0, 1, 2)), 3, "wrong indices"),
        (rows(starts=(0, 3)), 3, "wrong indices"),
        (rows(starts=()), 3, "wrong indices"),
        (rows(height=3), 3, "has the extent 3, not 2"),
        (rows(order=(0, 0)), 3, "invalid traversal order"),
        (rows(order=(0,)), 3, "invalid traversal order"),
        (rows(kind=7), 3, "lacks its indices"),
    ],
)
def test_contradictions_are_refused(table: Table, stored: int, message: str) -> None:
    with pytest.raises(FlatbufferError, match=message):
        Sparsity.read(table, (2, 4), stored)
