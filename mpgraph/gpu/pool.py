"""Textures and buffers, used again instead of made anew for each frame."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

Key = tuple[Any, ...]

MAX_FREE_BYTES = 256 << 20
"""How much memory may lie unused before what was unused longest is given up."""


class PooledMemory:
    """One texture or buffer of the GPU's.

    resource: wgpu's object. view: what a bind group takes for it. size: its bytes. number: no other
    slot's, ever. free_since: the submission it was last used in, at the latest.
    """

    __slots__ = ("free_since", "key", "number", "resource", "size", "view")

    def __init__(self, number: int, key: Key, resource: Any, view: Any, size: int) -> None:
        self.number = number
        self.key = key
        self.resource = resource
        self.view = view
        self.size = size
        self.free_since = -1


class Made(NamedTuple):
    """A new resource, as the context makes it."""

    resource: Any
    view: Any
    size: int


class Pool:
    """Free slots by kind and size. Only `release` may be called without the context's lock.

    A slot may be used again as soon as nobody refers to it, since the GPU runs commands in the order of
    their recording. What the host writes runs before the commands of the next submission, though: a slot
    for that must not be used by commands that are recorded and not yet submitted.
    """

    def __init__(
        self, make: Callable[[Key], Made], on_drop: Callable[[PooledMemory], None] = lambda slot: None
    ) -> None:
        """make: a new resource. on_drop: told of each slot that is given up for good."""
        self._make = make
        self._on_drop = on_drop
        self._free: dict[Key, list[PooledMemory]] = {}
        self._free_bytes = 0
        self._next_number = 1
        # Who collects a cycle of garbage ends all that only it refers to, and would end a texture that its
        # payload is about to give back.
        self._lent: dict[int, PooledMemory] = {}
        # Payloads are collected on any thread, in the middle of anything: appending needs no lock.
        self._returned: deque[PooledMemory] = deque()
        self.made = 0
        """How many slots were ever made."""

    def take(self, key: Key, submission: int, host_writes: bool = False) -> PooledMemory:
        """A free slot, or a new one. submission: the number of the one that is being recorded."""
        self._collect(submission)
        free = self._free.get(key)
        if free:
            for position in range(len(free) - 1, -1, -1):
                if not host_writes or free[position].free_since < submission:
                    slot = free.pop(position)
                    if not free:
                        del self._free[key]
                    self._free_bytes -= slot.size
                    self._lent[slot.number] = slot
                    return slot
        made = self._make(key)
        self.made += 1
        self._next_number += 1
        slot = PooledMemory(self._next_number, key, made.resource, made.view, made.size)
        self._lent[slot.number] = slot
        return slot

    def release(self, slot: PooledMemory) -> None:
        """Take back a slot nobody refers to any more; from any thread."""
        self._returned.append(slot)

    def forget(self, slot: PooledMemory) -> None:
        """Give up a slot that is lent, and in a state that nobody knows."""
        del self._lent[slot.number]
        self._on_drop(slot)

    def _collect(self, submission: int) -> None:
        while self._returned:
            slot = self._returned.popleft()
            del self._lent[slot.number]
            slot.free_since = submission
            self._free.setdefault(slot.key, []).append(slot)
            self._free_bytes += slot.size
        while self._free_bytes > MAX_FREE_BYTES:
            key = min(self._free, key=self._oldest)
            free = self._free[key]
            slot = free.pop(0)
            if not free:
                del self._free[key]
            self._free_bytes -= slot.size
            self._on_drop(slot)

    def _oldest(self, key: Key) -> int:
        return self._free[key][0].free_since

    def clear(self, submission: int) -> None:
        """Give up all that is free."""
        self._collect(submission)
        self._free.clear()
        self._free_bytes = 0
