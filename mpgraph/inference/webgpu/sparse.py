"""Constants of which a model holds only the numbers that are not zero.

SparsityParameters of schema.fbs: the dimensions, and those of blocks inside them, in the order in which they
are walked; each level is dense, or lists for every place of the level above which places it has
(array_segments, array_indices), as compressed sparse rows do.
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
"""SparseIndexVector's types."""


def dense(values: Array, shape: Sequence[int], sparsity: Table) -> Array:
    """The whole array of `values`, which are those that are held.

    Raises:
        FlatbufferError: the parameters do not fit the values or the shape.
    """
    order, blocked = sparsity.integers(0) or (), sparsity.integers(1) or ()
    levels = sparsity.tables(2)
    rank = len(shape)
    if len(levels) != len(order) or sorted(order) != list(range(rank + len(blocked))):
        raise FlatbufferError("a sparse constant is walked in an order that makes no sense")
    try:
        places, position = _walk(order, levels, math.prod(shape))
        target = np.zeros(shape, values.dtype)
        sizes = dict(zip(order, (level.scalar(1, "i") for level in levels), strict=True))
        for number, dim in enumerate(blocked):
            places[dim] = places[dim] * sizes[rank + number] + places[rank + number]
        target[tuple(places[dim] for dim in range(rank))] = values.reshape(-1)[position]
    except (IndexError, ValueError, KeyError) as error:
        raise FlatbufferError(f"a sparse constant is damaged: {error}") from None
    return target


def _walk(order: Sequence[int], levels: Sequence[Table], most: int) -> tuple[dict[int, Array], Array]:
    """For every value held, `most` at most: its place along each dimension, its position among the values."""
    position = np.zeros(1, np.int64)
    places: dict[int, Array] = {}
    for dim, level in zip(order, levels, strict=True):
        if level.scalar(0, "b") == _SPARSE:
            starts, indices = _vector(level, 2), _vector(level, 4)
            counts = starts[position + 1] - starts[position]
            if counts.sum() > most:
                raise ValueError("it has more values than places")
            parent = np.repeat(np.arange(len(position)), counts)
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            position = starts[position][parent] + within
            here = indices[position]
        else:
            size = level.scalar(1, "i")
            if len(position) * size > most:
                raise ValueError("it has more values than places")
            parent = np.repeat(np.arange(len(position)), size)
            here = np.tile(np.arange(size), len(position))
            position = position[parent] * size + here
        places = {known: place[parent] for known, place in places.items()}
        places[dim] = here
    return places, position


def _vector(level: Table, slot: int) -> Array:
    """The index vector whose type is in `slot`."""
    holder = level.table(slot + 1)
    numbers = holder.vector(0, _KINDS[level.scalar(slot, "B")]) if holder is not None else None
    return np.array(numbers or (), np.int64)
