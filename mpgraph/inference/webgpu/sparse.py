"""Unpack sparse constants: no kernel reads them as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.inference.flatbuffer import Table
from mpgraph.inference.sparsity import Sparsity

Array = npt.NDArray[Any]


def dense(values: Array, shape: Sequence[int], sparsity: Table) -> Array:
    """The dense array for the stored `values`.

    Raises:
        FlatbufferError: the parameters do not fit the values or the shape.
    """
    parameters = Sparsity.read(sparsity, shape, values.size)
    rank = len(shape)
    indices_of, position = _walk(parameters)
    sizes = {level.dim: level.size for level in parameters.levels}
    for number, dim in enumerate(parameters.blocked):
        indices_of[dim] = indices_of[dim] * sizes[rank + number] + indices_of[rank + number]
    target = np.zeros(shape, values.dtype)
    target[tuple(indices_of[dim] for dim in range(rank))] = values.reshape(-1)[position]
    return target


def _walk(parameters: Sparsity) -> tuple[dict[int, Array], Array]:
    """For every stored value: its index along each dimension, and its position among the values."""
    position = np.zeros(1, np.int64)
    indices_of: dict[int, Array] = {}
    for level in parameters.levels:
        if level.starts is not None and level.indices is not None:
            counts = level.starts[position + 1] - level.starts[position]
            parent = np.repeat(np.arange(len(position)), counts)
            within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            position = level.starts[position][parent] + within
            here = level.indices[position]
        else:
            parent = np.repeat(np.arange(len(position)), level.size)
            here = np.tile(np.arange(level.size), len(position))
            position = position[parent] * level.size + here
        indices_of = {known: index[parent] for known, index in indices_of.items()}
        indices_of[level.dim] = here
    return indices_of, position
