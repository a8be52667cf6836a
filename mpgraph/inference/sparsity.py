"""The description of a sparse constant, of which a model stores only the nonzero elements.

SparsityParameters of schema.fbs: the dimensions, and those of blocks inside them, in traversal order. Each
level is dense, or lists the indices that exist for every element of the level above (array_segments,
array_indices), like compressed sparse rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.inference.flatbuffer import FlatbufferError, Table

Array = npt.NDArray[Any]

_SPARSE = 1
_KINDS = {1: "i", 2: "H", 3: "B"}
"""The types of SparseIndexVector as format characters of the struct module."""


@dataclass(frozen=True)
class Level:
    """One dimension of the traversal.

    dim: its number; those from the rank on are blocks. size: its extent.
    starts, indices: of a sparse level, int64: where the indices of each element of the level above begin,
        with the end of the last; None if the level is dense.
    """

    dim: int
    size: int
    starts: Array | None = None
    indices: Array | None = None


@dataclass(frozen=True)
class Sparsity:
    """Checked parameters. levels: in traversal order; blocked: the dimension that each block is part of."""

    levels: tuple[Level, ...]
    blocked: tuple[int, ...]

    @classmethod
    def read(cls, table: Table, shape: Sequence[int], stored: int) -> Sparsity:
        """Read the parameters of a constant with `stored` values, and check all that a runtime relies on.

        Raises:
            FlatbufferError: they fit neither the shape nor the number of values, or contradict each other.
        """
        order, blocked = table.integers(0) or (), table.integers(1) or ()
        tables = table.tables(2)
        rank = len(shape)
        if len(tables) != len(order) or sorted(order) != list(range(rank + len(blocked))):
            raise FlatbufferError("a sparse constant has an invalid traversal order")
        extents = dict(zip(order, (entry.scalar(1, "i") for entry in tables), strict=True))
        extents.update(enumerate(shape))  # Files need not say the extents of sparse dimensions.
        for number, dim in enumerate(blocked):
            size = extents[rank + number]
            if not 0 <= dim < rank or size < 1 or extents[dim] % size:
                raise FlatbufferError(f"a sparse constant of shape {list(shape)} has wrong blocks")
            extents[dim] //= size
        count, most = 1, math.prod(shape)
        levels = []
        for dim, entry in zip(order, tables, strict=True):
            level = _level(dim, entry, extents[dim], count)
            count = count * level.size if level.indices is None else len(level.indices)
            if count > most:
                raise FlatbufferError("a sparse constant has more values than elements")
            levels.append(level)
        if count != stored:
            raise FlatbufferError(f"a sparse constant has {stored} values, its indices are those of {count}")
        return cls(tuple(levels), blocked)


def _level(dim: int, table: Table, size: int, above: int) -> Level:
    if table.scalar(0, "b") != _SPARSE:
        if table.scalar(1, "i") != size:
            raise FlatbufferError(f"a sparse constant has the extent {table.scalar(1, 'i')}, not {size}")
        return Level(dim, size)
    starts, indices = _vector(table, 2), _vector(table, 4)
    if (
        len(starts) != above + 1
        or starts[0] != 0
        or starts[-1] != len(indices)
        or (np.diff(starts) < 0).any()
        or (len(indices) and (indices.min() < 0 or indices.max() >= size))
    ):
        raise FlatbufferError("a sparse constant has wrong indices")
    return Level(dim, size, starts, indices)


def _vector(level: Table, slot: int) -> Array:
    """The index vector whose type is in `slot` and whose content is in the next."""
    kind = _KINDS.get(level.scalar(slot, "B"))
    holder = level.table(slot + 1)
    if kind is None or holder is None:
        raise FlatbufferError("a sparse constant lacks its indices")
    return np.array(holder.vector(0, kind) or (), np.int64)
