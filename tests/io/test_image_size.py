"""The size in the header of a file is that of the image, and images beyond the limit are not decoded."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from mpgraph.errors import MediaError
from mpgraph.formats.decoding import decode_image
from mpgraph.io.image_size import MAX_PIXELS, declared_size, size_fault
from mpgraph.media.images import read_image


def encoded(suffix: str, pixels: object, *settings: int) -> bytes:
    ok, data = cv2.imencode(suffix, pixels, settings)  # type: ignore[call-overload]
    assert ok
    return bytes(data.tobytes())


@pytest.mark.parametrize("size", [(1, 1), (37, 512), (300, 7)])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tif", ".gif"])
def test_sizes_are_read_from_headers(suffix: str, size: tuple[int, int]) -> None:
    height, width = size
    pixels = np.zeros((height, width, 3), np.uint8)
    assert declared_size(encoded(suffix, pixels)) == (width, height)


@pytest.mark.parametrize("settings", [(cv2.IMWRITE_WEBP_QUALITY, 50), (cv2.IMWRITE_WEBP_QUALITY, 101)])
@pytest.mark.parametrize("channels", [3, 4])
def test_every_kind_of_webp(settings: tuple[int, int], channels: int) -> None:
    data = encoded(".webp", np.full((30, 50, channels), 90, np.uint8), *settings)
    assert declared_size(data) == (50, 30)


def test_progressive_jpeg_with_restarts() -> None:
    settings = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_RST_INTERVAL, 2)
    assert declared_size(encoded(".jpg", np.zeros((30, 50, 3), np.uint8), *settings)) == (50, 30)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".bmp", ".tif", ".gif"])
def test_headers_that_are_cut_off_have_no_size(suffix: str) -> None:
    data = encoded(suffix, np.zeros((3, 5, 3), np.uint8))
    for length in range(len(data)):
        assert declared_size(data[:length]) in (None, (5, 3))


def png(width: int, height: int, depth: int = 8, kind: int = 2) -> bytes:
    """A valid PNG of zeros, as small as it gets."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    row = bytes(1 + width * {2: 3, 6: 4}[kind] * depth // 8)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_bombs_are_refused_from_their_headers(tmp_path: Path) -> None:
    bomb = png(40_000, 6_000)
    assert len(bomb) < 5_000_000 and MAX_PIXELS < 40_000 * 6_000
    (tmp_path / "bomb.png").write_bytes(bomb)
    said = r"has 40000x6000 pixels, 240 million; at most 220 million are read"
    with pytest.raises(MediaError, match=said):
        read_image(tmp_path / "bomb.png")
    with pytest.raises(MediaError, match=said):
        decode_image(bomb, "bomb.png")


def test_the_largest_photos_of_phones_are_not() -> None:
    assert not size_fault(b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 16_320, 12_288))
    assert size_fault(b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 2**31, 2**31))
