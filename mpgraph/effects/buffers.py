"""Reused arrays: memory whose pages the operating system has handed out already.

A new array of more than 128 KB costs a page fault for every 4 KB, which for a frame takes longer than what is
computed there.
"""

from __future__ import annotations

import sys
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Buffers:
    """The scratch arrays of one computation, by name. Contents do not survive the next request.

    Memory is kept for the largest array of each name, since parts of images change their size all the time.
    """

    def __init__(self) -> None:
        self._memory: dict[str, NDArray[Any]] = {}
        self._arrays: dict[str, NDArray[Any]] = {}

    def get(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return the array of this name, C-contiguous, undefined at first and where shape or dtype change."""
        array = self._arrays.get(name)
        if array is None or array.shape != shape or array.dtype != dtype:
            count = prod(shape)
            memory = self._memory.get(name)
            if memory is None or memory.size < count or memory.dtype != dtype:
                memory = self._memory[name] = np.empty(count, dtype)
            array = self._arrays[name] = memory[:count].reshape(shape)
        return array


def _references_without_views() -> int:
    first = [np.empty(1)]
    second = list(first)
    return sys.getrefcount(second[0])


# numpy lets every view refer to the array that owns the memory. Without one, an owner is known to two lists
# and to the call that counts.
_UNUSED = _references_without_views()


class OutputPool:
    """Arrays for results, each reused when nobody refers to it or to a part of it any more."""

    def __init__(self, size: int = 8) -> None:
        """size: the number of arrays to keep; further ones are left to the garbage collector."""
        self._size = size
        self._owners: list[NDArray[Any]] = []

    def take(self, shape: tuple[int, ...], dtype: DTypeLike = np.uint8) -> NDArray[Any]:
        """Return an array with undefined contents, C-contiguous."""
        kept = [owner for owner in self._owners if owner.shape == shape and owner.dtype == dtype]
        if len(kept) != len(self._owners):  # The size has changed: images of one size follow one another.
            self._owners = kept
        for i in range(len(kept)):
            if sys.getrefcount(kept[i]) <= _UNUSED:
                return kept[i].view()
        owner = np.empty(shape, dtype)
        if len(kept) < self._size:
            self._owners.append(owner)
        return owner.view()
