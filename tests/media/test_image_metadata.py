"""Metadata of images, written and read by Pillow."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

from mpgraph.media.image_metadata import read_metadata
from mpgraph.media.images import read_image, write_image

ORIENTATION, MAKE, DATE, COPYRIGHT = 0x112, 271, 306, 33432
EXIF, EXPOSURE, MAKER_NOTE, USER_COMMENT = 0x8769, 0x829A, 0x927C, 0x9286
GPS, LATITUDE = 0x8825, 2

pillow_heif.register_heif_opener()


@cache  # It holds the time of its creation.
def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[ORIENTATION], data[MAKE], data[DATE], data[COPYRIGHT] = (
        orientation,
        "Maker",
        "2024:05:06 07:08:09",
        "me",
    )
    data.get_ifd(EXIF).update(
        {EXPOSURE: IFDRational(1, 60), MAKER_NOTE: b"secret" * 9, USER_COMMENT: b"hello"}
    )
    data.get_ifd(GPS)[LATITUDE] = (48.0, 8.0, 1.0)
    return data


def photo(path: Path, mode: str = "RGB", **options: Any) -> Path:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :30] = (200, 100, 50)
    Image.fromarray(pixels).convert(mode).save(path, **options)
    return path


def copied(source: Path, target: Path, **options: bool) -> Image.Image:
    write_image(target, read_image(source), made_from=source)
    with Image.open(target) as image:
        image.load()
        image.getexif().get_ifd(EXIF)
        image.getexif().get_ifd(GPS)
    return image


@pytest.mark.parametrize("target", ["out.jpg", "out.png", "out.webp", "out.tif"])
@pytest.mark.parametrize("source", ["in.jpg", "in.png", "in.webp", "in.tif", "in.heic"])
def test_profile_and_exif_are_kept(source: str, target: str, tmp_path: Path) -> None:
    file = photo(tmp_path / source.replace(".tif", ".jpg"), icc_profile=profile(), exif=exif())
    if source == "in.tif":  # Pillow writes no exposure into TIFF files, but reads it there.
        write_image(tmp_path / source, read_image(file), made_from=file)
    made = copied(tmp_path / source, tmp_path / target)
    assert made.info["icc_profile"] == profile()
    fields = made.getexif()
    assert (fields[MAKE], fields[DATE], fields[COPYRIGHT]) == ("Maker", "2024:05:06 07:08:09", "me")
    exposure = fields.get_ifd(EXIF)
    assert exposure[EXPOSURE] == IFDRational(1, 60) and exposure[USER_COMMENT] == b"hello"
    assert MAKER_NOTE not in exposure and not fields.get_ifd(GPS) and fields.get(ORIENTATION, 1) == 1
    # The file is whole: the pixels are there, and OpenCV reads it.
    np.testing.assert_allclose(np.asarray(made.convert("RGB"))[20, 15], (200, 100, 50), atol=8)
    np.testing.assert_allclose(read_image(tmp_path / target)[20, 15], (200, 100, 50), atol=8)
    assert b"secret" not in (tmp_path / target).read_bytes()


@pytest.mark.parametrize("target", ["out.jpg", "out.png", "out.tif", "out.bmp"])
@pytest.mark.parametrize("source", ["in.jpg", "in.png", "in.tif"])
def test_resolution_is_kept(source: str, target: str, tmp_path: Path) -> None:
    made = copied(photo(tmp_path / source, dpi=(300, 150)), tmp_path / target)
    assert made.info["dpi"] == pytest.approx((300, 150), abs=0.1)


def test_pixels_are_upright_and_marked_so(tmp_path: Path) -> None:
    made = copied(photo(tmp_path / "a.jpg", exif=exif(orientation=6)), tmp_path / "b.jpg")
    assert made.size == (40, 60)
    assert made.getexif().get(ORIENTATION, 1) == 1 and made.getexif()[MAKE] == "Maker"


def test_large_profiles_are_divided(tmp_path: Path) -> None:
    large = profile() + bytes(150_000)
    made = copied(photo(tmp_path / "a.jpg", icc_profile=large), tmp_path / "b.jpg")
    assert made.info["icc_profile"] == large


def test_a_profile_of_another_color_space_is_left_out(tmp_path: Path) -> None:
    cmyk = bytearray(profile())
    cmyk[16:20] = b"CMYK"
    made = copied(photo(tmp_path / "a.jpg", "CMYK", icc_profile=bytes(cmyk)), tmp_path / "b.png")
    assert "icc_profile" not in made.info
    # A mask is no color.
    write_image(
        tmp_path / "c.png",
        np.zeros((40, 60), np.uint8),
        made_from=photo(tmp_path / "d.png", icc_profile=profile()),
    )
    with Image.open(tmp_path / "c.png") as mask:
        assert "icc_profile" not in mask.info


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_with_transparency(suffix: str, tmp_path: Path) -> None:
    source = photo(tmp_path / "a.jpg", icc_profile=profile(), exif=exif())
    pixels = np.full((40, 60, 4), 90, np.uint8)
    write_image(tmp_path / f"b{suffix}", pixels, made_from=source)
    with Image.open(tmp_path / f"b{suffix}") as made:
        assert made.mode == "RGBA" and np.asarray(made)[5, 5, 3] == 90
        assert made.info["icc_profile"] == profile()


def test_big_endian_fields(tmp_path: Path) -> None:
    data = Image.Exif()
    data.endian = ">"
    data[MAKE] = "Maker"
    data.get_ifd(EXIF)[EXPOSURE] = IFDRational(1, 250)
    made = copied(photo(tmp_path / "a.jpg", exif=data), tmp_path / "b.jpg")
    assert made.getexif()[MAKE] == "Maker"
    assert made.getexif().get_ifd(EXIF)[EXPOSURE] == IFDRational(1, 250)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_damaged_metadata_is_left_out(name: str, tmp_path: Path) -> None:
    whole = photo(tmp_path / name, icc_profile=profile(), exif=exif()).read_bytes()
    random = np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(whole)
        for at in random.integers(0, len(data), 5):
            data[at] = random.integers(256)
        (tmp_path / name).write_bytes(bytes(data[: random.integers(1, len(data) + 1)]))
        metadata = read_metadata((tmp_path / name).read_bytes())
        assert isinstance(metadata.icc, bytes)
        write_image(tmp_path / "out.jpg", np.zeros((4, 4, 3), np.uint8), made_from=tmp_path / name)
        with Image.open(tmp_path / "out.jpg") as made:
            made.load()


def test_files_without_metadata_get_none(tmp_path: Path) -> None:
    source = photo(tmp_path / "a.bmp")
    for name in ("b.jpg", "b.png", "b.webp", "b.tif", "b.bmp"):
        write_image(tmp_path / name, read_image(source))
        plain = (tmp_path / name).read_bytes()
        made = copied(source, tmp_path / name)
        assert "icc_profile" not in made.info and not made.getexif().get_ifd(EXIF)
        if name != "b.tif":
            assert (tmp_path / name).read_bytes() == plain


def test_avif_without_pillow_heif_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    avif = photo(tmp_path / "a.avif", icc_profile=profile()).read_bytes()
    assert read_metadata(avif).icc == profile()
    monkeypatch.setattr("mpgraph.media.heif.find_spec", lambda _name: None)
    assert read_metadata(avif).icc == b""


def test_claims_beyond_reason_are_left_out(tmp_path: Path) -> None:
    source = photo(tmp_path / "a.png", dpi=(10_000_000, 10_000_000))
    assert read_metadata(source.read_bytes()).dpi is None
    for name in ("b.jpg", "b.png", "b.tif", "b.bmp"):
        copied(source, tmp_path / name)
    bomb = photo(tmp_path / "c.png", icc_profile=profile() + bytes(1 << 26))
    assert len(read_metadata(bomb.read_bytes()).icc) <= 1 << 24
