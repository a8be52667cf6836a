"""Bytes with some edits, each of which can be taken back."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

WORDS = (0, 1, 2, 3, 5, 255, 0x7FFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x40000000)


@dataclass(frozen=True)
class Edit:
    """Replaces `removed` bytes at a position, counted from the end if the file has become shorter."""

    at: int
    removed: int
    inserted: bytes


@dataclass(frozen=True)
class Edited:
    """An original, the edits, and what repairs the result (checksums), so that damage gets past the door."""

    original: bytes
    edits: tuple[Edit, ...]
    suffix: str = ""
    repair: Callable[[bytes], bytes] | None = None

    @property
    def data(self) -> bytes:
        """The bytes with all edits."""
        result = bytearray(self.original)
        for edit in self.edits:
            result[edit.at : edit.at + edit.removed] = edit.inserted
        return self.repair(bytes(result)) if self.repair is not None else bytes(result)

    def fewer(self) -> Iterator[Edited]:
        """Yield the same without one of the edits."""
        for index in range(len(self.edits)):
            yield replace(self, edits=self.edits[:index] + self.edits[index + 1 :])


def edited(
    original: bytes, choose: random.Random, suffix: str = "", repair: Callable[[bytes], bytes] | None = None
) -> Edited:
    """Damage a file in one to four places, mostly near its beginning, where the structure is."""
    edits = tuple(_edit(original, choose) for _ in range(choose.choice((1, 1, 2, 3, 4))))
    return Edited(original, edits, suffix, repair)


def _edit(data: bytes, choose: random.Random) -> Edit:
    at = choose.randrange(len(data))
    if choose.random() < 0.5:
        at = choose.randrange(min(len(data), 256))
    kind = choose.random()
    if kind < 0.35:
        return Edit(at, 1, bytes([data[at] ^ 1 << choose.randrange(8)]))
    if kind < 0.5:
        return Edit(at, 1, bytes([choose.randrange(256)]))
    if kind < 0.75:
        order = choose.choice("<>")
        form, size = choose.choice((("H", 2), ("I", 4), ("Q", 8)))
        value = choose.choice(WORDS) if choose.random() < 0.7 else choose.getrandbits(32)
        return Edit(at, size, struct.pack(order + form, value & ((1 << 8 * size) - 1)))
    length = choose.choice((1, 2, 4, 16, 100, 1000))
    if kind < 0.83:
        return Edit(at, length, b"")
    if kind < 0.9:
        source = choose.randrange(len(data))
        return Edit(at, 0, data[source : source + length])
    if kind < 0.95:
        return Edit(at, len(data), b"")
    return Edit(at, length, choose.randbytes(length))
