"""Sparse constants, of which a model stores only the nonzero elements.

SparsityParameters of schema.fbs: the dimensions, and those of blocks inside them, in traversal order. Each
level is dense, or lists the indices that exist for every element of the level above (array_segments,
array_indices), like compressed sparse rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.inference.flatbuffer import FlatbufferError, Table

Array = npt.NDArray[Any]

_SPARSE = 1
_KINDS = {1: "i", 2: "H", 3: "B"}
"""The types of SparseIndexVector as format characters of the struct module."""


def dense(values: Array, shape: Sequence[int], sparsity: Table) -> Array:
    """The dense array for the stored `values`.

    Raises:
        FlatbufferError: the parameters do not fit the values or the shape.
    """
    order, blocked = sparsity.integers(0) or (), sparsity.integers(1) or ()
    levels = sparsity.tables(2)
    rank = len(shape)
    if len(levels) != len(order) or sorted(order) != list(range(rank + len(blocked))):
        raise FlatbufferError("a sparse constant has an invalid traversal order")
    try:
        indices_of, position = _walk(order, levels, math.prod(shape))
        target = np.zeros(shape, values.dtype)
        sizes = dict(zip(order, (level.scalar(1, "i") for level in levels), strict=True))
        for number, dim in enumerate(blocked):
            indices_of[dim] = indices_of[dim] * sizes[rank + number] + indices_of[rank + number]
        target[tuple(indices_of[dim] for dim in range(rank))] = values.reshape(-1)[position]
    except (IndexError, ValueError, KeyError) as error:
        raise FlatbufferError(f"a sparse constant is damaged: {error}") from None
    return target


def _walk(order: Sequence[int], levels: Sequence[Table], most: int) -> tuple[dict[int, Array], Array]:
    """For every stored value, of at most `most`: its index along each dimension, and among the values."""
    position = np.zeros(1, np.int64)
    indices_of: dict[int, Array] = {}
    for dim, level in zip(order, levels, strict=True):
        if level.scalar(0, "b") == _SPARSE:
            starts, indices = _vector(level, 2), _vector(level, 4)
            counts = starts[position + 1] - starts[position]
            if counts.sum() > most:
                raise ValueError("it has more values than elements")
            parent = np.repeat(np.arange(len(position)), counts)
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            position = starts[position][parent] + within
            here = indices[position]
        else:
            size = level.scalar(1, "i")
            if len(position) * size > most:
                raise ValueError("it has more values than elements")
            parent = np.repeat(np.arange(len(position)), size)
            here = np.tile(np.arange(size), len(position))
            position = position[parent] * size + here
        indices_of = {known: index[parent] for known, index in indices_of.items()}
        indices_of[dim] = here
    return indices_of, position


def _vector(level: Table, slot: int) -> Array:
    """The index vector whose type is in `slot` and whose content is in the next."""
    holder = level.table(slot + 1)
    numbers = holder.vector(0, _KINDS[level.scalar(slot, "B")]) if holder is not None else None
    return np.array(numbers or (), np.int64)
