from __future__ import annotations

import os
import struct
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media.images import image_files, is_image_file, read_image, result_suffix, write_image


def stripes(height: int = 40, width: int = 60) -> np.ndarray:
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (250, 10, 20)
    pixels[:, width // 2 :] = (10, 20, 250)
    return pixels


def noise(height: int = 64, width: int = 96) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".tiff", ".PNG"])
def test_lossless_formats_keep_every_pixel(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write_image(path, noise(33, 51))
    read = read_image(path)
    np.testing.assert_array_equal(read, noise(33, 51))
    assert read.flags.c_contiguous
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".webp"])
def test_lossy_formats_keep_the_colors(tmp_path: Path, suffix: str) -> None:
    write_image(tmp_path / f"a{suffix}", stripes())
    read = read_image(tmp_path / f"a{suffix}").astype(int)
    np.testing.assert_allclose(read[20, 10], (250, 10, 20), atol=6)
    np.testing.assert_allclose(read[20, 50], (10, 20, 250), atol=6)


def test_strided_and_reversed_arrays_are_written_correctly(tmp_path: Path) -> None:
    view = noise()[::-2, ::3]
    write_image(tmp_path / "a.png", view)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), view)


def test_gray_becomes_rgb(tmp_path: Path) -> None:
    grey = noise()[:, :, 0]
    write_image(tmp_path / "a.png", grey)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.repeat(grey[:, :, None], 3, axis=2))


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tiff"])
def test_transparency_is_returned_on_request(tmp_path: Path, suffix: str) -> None:
    pixels = np.dstack([stripes(), np.full((40, 60), 128, np.uint8)])
    pixels[:10, :, 3] = 255
    write_image(tmp_path / f"a{suffix}", pixels)
    with_alpha = read_image(tmp_path / f"a{suffix}", alpha=True)
    np.testing.assert_array_equal(with_alpha[:, :, 3], pixels[:, :, 3])
    np.testing.assert_allclose(with_alpha.astype(int), pixels.astype(int), atol=8)
    assert read_image(tmp_path / f"a{suffix}").shape == (40, 60, 3)


def test_opaque_images_stay_rgb_if_alpha_is_requested(tmp_path: Path) -> None:
    write_image(tmp_path / "a.jpg", stripes())
    assert read_image(tmp_path / "a.jpg", alpha=True).shape == (40, 60, 3)


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    deep = np.array([[[0, 255, 256], [32768, 65535, 511]]], np.uint16)
    cv2.imwrite(str(tmp_path / "a.png"), deep[:, :, ::-1])
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), [[[0, 0, 1], [128, 255, 1]]])
    four = np.dstack([deep, np.array([[65535, 256]], np.uint16)])
    cv2.imwrite(str(tmp_path / "b.png"), four[:, :, [2, 1, 0, 3]])
    np.testing.assert_array_equal(read_image(tmp_path / "b.png", alpha=True), four >> 8)


def test_exif_orientation_is_applied(tmp_path: Path) -> None:
    write_image(tmp_path / "a.jpg", stripes())
    data = (tmp_path / "a.jpg").read_bytes()
    # One TIFF directory entry: tag 0x0112 (orientation), type SHORT, value 6 (turn a quarter clockwise).
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + tiff
    (tmp_path / "b.jpg").write_bytes(
        data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]
    )
    turned = read_image(tmp_path / "b.jpg")
    assert turned.shape == (60, 40, 3)
    assert turned[10, 20, 0] > 200  # the left half is on top now
    assert turned[50, 20, 2] > 200


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_truncated_image_is_an_error(
    tmp_path: Path, suffix: str, share: float, capfd: pytest.CaptureFixture[str]
) -> None:
    write_image(tmp_path / f"a{suffix}", noise())
    data = (tmp_path / f"a{suffix}").read_bytes()
    (tmp_path / f"b{suffix}").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(MediaError, match="cut off|damaged"):
        read_image(tmp_path / f"b{suffix}")
    assert capfd.readouterr().err == ""


def test_progressive_jpegs_and_bytes_after_the_end_are_fine(tmp_path: Path) -> None:
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_RST_INTERVAL, 2]
    data = cv2.imencode(".jpg", noise(), options)[1]
    (tmp_path / "a.jpg").write_bytes(data.tobytes() + b"a motion photo's video")
    assert read_image(tmp_path / "a.jpg").shape == (64, 96, 3)
    (tmp_path / "b.jpg").write_bytes(data.tobytes()[:-2])
    with pytest.raises(MediaError, match="no end marker"):
        read_image(tmp_path / "b.jpg")


def test_end_of_an_embedded_thumbnail_is_ignored(tmp_path: Path) -> None:
    data = cv2.imencode(".jpg", noise())[1].tobytes()
    thumbnail = cv2.imencode(".jpg", noise(8, 8))[1].tobytes()
    segment = b"\xff\xe2" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    (tmp_path / "a.jpg").write_bytes(data[:2] + segment + data[2:])
    assert read_image(tmp_path / "a.jpg").shape == (64, 96, 3)
    (tmp_path / "b.jpg").write_bytes((data[:2] + segment + data[2:])[: len(segment) + 900])
    with pytest.raises(MediaError, match="cut off"):
        read_image(tmp_path / "b.jpg")


def test_files_that_are_not_images_are_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.png").write_text("hello, this is text")
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / "c.png").write_bytes(b"")
    with pytest.raises(MediaError, match="damaged or not an image"):
        read_image(tmp_path / "a.png")
    with pytest.raises(MediaError, match="cut off"):
        read_image(tmp_path / "b.jpg")
    with pytest.raises(MediaError, match="zero bytes"):
        read_image(tmp_path / "c.png")
    with pytest.raises(MediaError, match='Did you mean "a.png"'):
        read_image(tmp_path / "aa.png")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.pgn", r'"\.pgn" is not an image format.*Did you mean .*"\.png"'),
        ("a", "has no suffix"),
        ("a.mp4", "not an image format"),
    ],
)
def test_unknown_suffixes_are_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        write_image(tmp_path / name, stripes())
    assert os.listdir(tmp_path) == []


def test_jpeg_has_no_transparency(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no transparency; use .png"):
        write_image(tmp_path / "a.jpg", np.zeros((4, 4, 4), np.uint8))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_arrays_that_are_not_images_are_refused(tmp_path: Path, pixels: np.ndarray) -> None:
    with pytest.raises(InvalidArgumentError, match="an image is"):
        write_image(tmp_path / "a.png", pixels)
    assert os.listdir(tmp_path) == []


def test_image_too_large_for_its_format_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot write"):
        write_image(tmp_path / "a.jpg", np.zeros((1, 70_000, 3), np.uint8))
    assert os.listdir(tmp_path) == []


def test_image_files_are_in_natural_order(tmp_path: Path) -> None:
    for name in ["10.png", "2.PNG", "a.jpg", ".hidden.png", "note.txt", "1.webp"]:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.png").mkdir()
    assert [path.name for path in image_files(tmp_path)] == ["1.webp", "2.PNG", "10.png", "a.jpg"]
    with pytest.raises(MediaError, match="cannot list"):
        image_files(tmp_path / "absent")


def test_image_of_floats_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "float.tiff"
    for channels in (3, 4):
        assert cv2.imwrite(str(file), np.full((4, 4, channels), np.nan, np.float32))
        for alpha in (False, True):
            with pytest.raises(MediaError, match=r'float\.tiff" holds float32 values; images of 8 or 16'):
                read_image(file, alpha=alpha)


def saved_by_pillow(path: Path, pixels: Any, **options: Any) -> Path:
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    mode = options.pop("mode", None)
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


def halves(width: int = 64, height: int = 48) -> Any:
    pixels = np.full((height, width, 3), 235, np.uint8)
    pixels[: height // 2] = (220, 30, 30)
    return pixels


@pytest.mark.parametrize("suffix", [".heic", ".heif", ".avif"])
def test_images_of_phones(suffix: str, tmp_path: Path) -> None:
    file = saved_by_pillow(tmp_path / f"a{suffix}", halves(), quality=95)
    np.testing.assert_allclose(read_image(file)[[8, -8], 8], halves()[[8, -8], 8], atol=12)
    assert is_image_file(file) and result_suffix(file) == ".jpg"
    with pytest.raises(MediaError, match=f"{suffix} can only be read"):
        write_image(tmp_path / f"b{suffix}", halves())


def test_images_of_phones_without_pillow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved_by_pillow(tmp_path / "a.heic", halves())
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(MediaError, match=r'needs pillow-heif: pip install "mpgraph\[heif\]"'):
        read_image(file)
    file.write_bytes(file.read_bytes()[:200])
    monkeypatch.undo()
    with pytest.raises(MediaError, match="damaged"):
        read_image(file)


@pytest.mark.parametrize(("name", "mode"), [("a.jpg", "CMYK"), ("a.tif", "CMYK")])
def test_cmyk(name: str, mode: str, tmp_path: Path) -> None:
    file = saved_by_pillow(tmp_path / name, halves(), mode=mode)
    np.testing.assert_allclose(read_image(file)[[8, -8], 8], halves()[[8, -8], 8], atol=12)


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_transparency_is_flattened_onto_white(suffix: str, tmp_path: Path) -> None:
    pixels = np.dstack([halves(), np.full((48, 64), 255, np.uint8)])
    pixels[:, 32:, 3] = 0
    pixels[:, :8, 3] = 51  # a fifth
    write_image(tmp_path / f"a{suffix}", pixels)
    image = read_image(tmp_path / f"a{suffix}")
    np.testing.assert_allclose(image[8, 50], (255, 255, 255), atol=2)
    np.testing.assert_allclose(image[8, 20], (220, 30, 30), atol=12)
    np.testing.assert_allclose(image[8, 3], (248, 210, 210), atol=12)


@pytest.mark.parametrize("name", ["photo", "a.jpe", "a.JFIF", "a.dat"])
def test_the_content_decides_about_the_format(name: str, tmp_path: Path) -> None:
    write_image(tmp_path / "a.jpg", halves())
    (tmp_path / "a.jpg").rename(tmp_path / name)
    assert is_image_file(tmp_path / name)
    assert read_image(tmp_path / name).shape == (48, 64, 3)


def test_other_content_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "video").write_bytes(b"\0\0\0\x18ftypisom" + bytes(99))
    (tmp_path / "sound").write_bytes(b"RIFF\0\0\0\0AVI " + bytes(99))
    assert not any(is_image_file(tmp_path / name) for name in ("video", "sound", "absent"))


@pytest.mark.parametrize("suffix", [".jpe", ".jfif"])
def test_all_suffixes_of_jpeg_can_be_written(suffix: str, tmp_path: Path) -> None:
    write_image(tmp_path / f"a{suffix}", halves())
    assert (tmp_path / f"a{suffix}").read_bytes().startswith(b"\xff\xd8\xff")


def test_an_animation_gives_its_first_frame_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    frames = [Image.new("RGB", (8, 6), color) for color in ("red", "lime", "blue")]
    for name in ("a.webp", "a.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], lossless=True)
        caplog.clear()
        red, green, _ = read_image(tmp_path / name)[2, 2]
        assert red > 240 and green < 15
        assert [record.getMessage() for record in caplog.records] == [
            f'"{tmp_path / name}" is animated; only its first image is read'
        ]


def test_videos_of_images_are_not_images(tmp_path: Path) -> None:
    for name in ("a.mjpeg", "a.apng"):
        (tmp_path / name).write_bytes(b"\xff\xd8\xff" if name == "a.mjpeg" else b"\x89PNG\r\n\x1a\n")
        assert not is_image_file(tmp_path / name)


@pytest.mark.parametrize(("dtype", "times"), [(np.uint8, 3.5), (np.uint16, 6.5)])
def test_a_transparent_image_takes_little_more_memory_than_its_pixels(
    tmp_path: Path, dtype: type, times: float
) -> None:
    file = tmp_path / "wide.png"
    half = np.full((1500, 1000, 4), np.iinfo(dtype).max // 2, dtype)
    assert cv2.imwrite(str(file), half)
    tracemalloc.start()
    try:
        rgb = read_image(file)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # OpenCV's own array, ours, and no more: numbers of 16 bits for all of it would double that.
    assert most < times * rgb.nbytes
    assert (rgb == rgb[0, 0]).all() and 180 <= rgb[0, 0, 0] <= 192
