"""Damaged images of every format: they are refused or read, with their metadata."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator

import cv2
import numpy as np
from edits import Edited, edited
from part import Outcome, Part, Settings, attempt

from mpgraph.framework import resources
from mpgraph.media.images import read_image, write_image

FORMATS = (".jpg", ".png", ".webp", ".bmp", ".tif", ".gif")


def with_png_checksums(data: bytes) -> bytes:
    """Repair the checksums of a PNG, so that damage reaches the decoder."""
    result = bytearray(data)
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", result, end, zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(result)


class Images(Part[Edited]):
    """Reads damaged images, and writes what is read with the metadata of the original."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._folder = settings.folder
        portrait = cv2.imread(str(resources.demo_image()))
        assert portrait is not None
        small = cv2.resize(portrait, (96, 64))
        clear = np.dstack([small, np.full((64, 96), 100, np.uint8)])
        deep = small.astype(np.uint16) * 257
        self._files = [(suffix, _encoded(suffix, small)) for suffix in FORMATS]
        self._files += [(suffix, _encoded(suffix, clear)) for suffix in (".png", ".webp", ".tif")]
        self._files += [(suffix, _encoded(suffix, deep)) for suffix in (".png", ".tif")]
        self._files.append((".jpg", resources.demo_image().read_bytes()))

    def make(self, choose: random.Random) -> Edited:
        """Damage an image, half of the PNG files with right checksums."""
        suffix, data = choose.choice(self._files)
        repair = with_png_checksums if suffix == ".png" and choose.random() < 0.5 else None
        return edited(data, choose, suffix, repair)

    def run(self, given: Edited) -> Outcome:
        """Read it."""
        file = self._folder / f"damaged{given.suffix}"
        file.write_bytes(given.data)

        def read() -> None:
            pixels = read_image(file)
            if pixels.size < 1_000_000:
                write_image(self._folder / "copy.png", pixels, made_from=file)

        return attempt(read)

    def smaller(self, given: Edited) -> Iterator[Edited]:
        """Yield fewer edits."""
        return given.fewer()

    def content(self, given: Edited) -> tuple[str, bytes]:
        """Return the image."""
        return given.suffix, given.data


def _encoded(suffix: str, pixels: object) -> bytes:
    ok, data = cv2.imencode(suffix, pixels)  # type: ignore[call-overload]
    assert ok
    return bytes(data.tobytes())


create = Images
