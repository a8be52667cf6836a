from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
import pytest

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.gpu.adapter import ADAPTER_VARIABLE
from mpgraph.testing import CalculatorRunner, run, t

NAME = "WarpAffineCalculator"

# The inverse of the region (0.55, 0.4), 0.7 by 0.8, rotated by 0.6, of an image of 90 by 61.
INTO_REGION = (
    *(1.1790508031845093, 0.5467173457145691, 0, -0.36716488003730774),
    *(-0.8066320419311523, 0.7991344928741455, 0, 0.6239938735961914),
    *(0, 0, 1, 0),
    *(0, 0, 0, 1),
)
SAME = (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
TURNED = (0, 1, 0, 0, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1)


def ramp(height: int, width: int) -> Any:
    return ((np.arange(height * width * 3) * 37) % 251).astype(np.uint8).reshape(height, width, 3)


def warped(options: str, image: Any, matrix: tuple[float, ...], size: tuple[int, int]) -> CalculatorRunner:
    name = NAME + {Image: "", ImageFrame: "Cpu", GpuBuffer: "Gpu"}[type(image)]
    node = run(name, options).send("IMAGE", image @ t(0))
    return node.send("MATRIX", matrix @ t(0)).send("OUTPUT_SIZE", size @ t(0))


# The checksums are those of MediaPipe 0.10.21's images.
@pytest.mark.parametrize(
    ("border", "of_bytes", "of_floats"),
    [("border_mode: BORDER_ZERO", 1248942855, 226462815), ("", 508644685, 3500481356)],
)
@pytest.mark.parametrize("kind", [Image, ImageFrame])
def test_images_equal_mediapipes_to_the_last_bit(
    kind: type[Image] | type[ImageFrame], border: str, of_bytes: int, of_floats: int
) -> None:
    pixels = ramp(31, 47)
    floats = pixels[:, :, 0] / np.float32(251)
    for image, checksum in ((pixels, of_bytes), (floats, of_floats)):
        [packet] = warped(border, kind.wrap(image), INTO_REGION, (90, 61)).take("IMAGE")
        assert isinstance(packet.payload, kind)
        assert zlib.crc32(packet.payload.pixels.tobytes()) == checksum


@pytest.mark.parametrize("interpolation", ["INTER_LINEAR", "INTER_CUBIC"])
def test_identity_keeps_every_pixel(interpolation: str) -> None:
    image = Image.wrap(ramp(20, 30))
    warped(f"interpolation: {interpolation}", image, SAME, (30, 20)).expect("IMAGE", image @ t(0))


def test_bicubic_interpolation_is_smoother_than_bilinear() -> None:
    step = Image.wrap(np.repeat(np.array([[0, 0, 0, 1, 1, 1]], np.float32), 4, axis=0))
    [packet] = warped("interpolation: INTER_CUBIC", step, SAME, (48, 4)).take("IMAGE")
    assert packet.payload.pixels.min() < -0.01 and packet.payload.pixels.max() > 1.01


def test_corners_are_mapped_to_corners() -> None:
    # Left and top become top and right; the first row or column lies on the edge itself.
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    [packet] = warped("border_mode: BORDER_ZERO", Image.wrap(pixels), TURNED, (4, 4)).take("IMAGE")
    expected = np.zeros_like(pixels)
    expected[:, 1:] = pixels.T[:, :0:-1]
    assert packet.payload.pixels.tolist() == expected.tolist()


@pytest.mark.parametrize(("border", "value"), [("border_mode: BORDER_ZERO", 0), ("", 7)])
def test_output_beyond_the_image(border: str, value: int) -> None:
    image = Image.wrap(np.full((4, 6, 3), 7, np.uint8))
    for offset in (-5, 5, 1e6):
        away = (1, 0, 0, offset, 0, 1, 0, 0, *SAME[8:])
        [packet] = warped(border, image, away, (3, 2)).take("IMAGE")
        assert (packet.payload.pixels == np.full((2, 3, 3), value)).all()
    point = (0, 0, 0, 0.5, 0, 0, 0, 0.5, *SAME[8:])
    [packet] = warped(border, image, point, (3, 2)).take("IMAGE")
    assert (packet.payload.pixels == 7).all()


def test_format_is_kept() -> None:
    image = Image.wrap(np.full((4, 4), 40000, np.uint16), ImageFormat.GRAY16)
    expected = Image.wrap(np.full((3, 2), 40000, np.uint16), ImageFormat.GRAY16)
    warped("", image, SAME, (2, 3)).expect("IMAGE", expected @ t(0))


def test_nothing_is_sent_where_an_input_is_missing() -> None:
    node = run(NAME).send("IMAGE", Image.wrap(ramp(2, 2)) @ t(0)).send("OUTPUT_SIZE", (2, 2) @ t(0))
    node.bound("MATRIX", 1).expect_nothing().expect_bound("IMAGE", 1)


def test_impossible_sizes_are_reported() -> None:
    warped("", Image.wrap(ramp(2, 2)), SAME, (0, 2)).expect_error("OUTPUT_SIZE is 0x2", ValueError)
    long = Image.wrap(np.zeros((1, 40000), np.uint8))
    warped("", long, SAME, (2, 2)).expect_error("An image of 40000x1 cannot be sampled", ValueError)


def test_matrix_that_is_not_finite_is_reported() -> None:
    for value in ("nan", "inf"):
        node = warped("", Image.wrap(ramp(2, 2)), (float(value), *SAME[1:]), (2, 2))
        node.expect_error("MATRIX has values that are not finite", ValueError)


def turned(angle: float, scale: float, x: float, y: float) -> tuple[float, ...]:
    """A matrix that turns and scales, and moves (0, 0) to (x, y)."""
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    return (cosine, -sine, 0, x, sine, cosine, 0, y, 0, 0, 1, 0, 0, 0, 0, 1)


INSIDE, BEYOND = turned(0.4, 0.5, 0.3, 0.1), turned(0.4, 1.5, -0.3, 0.2)
TOP_LEFT = "gpu_origin: TOP_LEFT "
OUT = (25, 18)


def positions(image: Any, matrix: tuple[float, ...]) -> tuple[Any, Any]:
    """For each pixel of the output, the position in the image; the centers of pixels are at halves."""
    width, height = OUT
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    rows, columns = image.shape[:2]
    return (
        (matrix[0] * x + matrix[1] * y + matrix[3]) * columns,
        (matrix[4] * x + matrix[5] * y + matrix[7]) * rows,
    )


def pixels_on_gpu(options: str, image: Any, matrix: tuple[float, ...]) -> Any:
    [packet] = warped(options, image, matrix, OUT).take("IMAGE")
    return packet.payload.to_frame().pixels


@pytest.mark.parametrize("matrix", [SAME, INSIDE, BEYOND])
@pytest.mark.parametrize("border", ["BORDER_REPLICATE", "BORDER_ZERO"])
def test_gpu(
    on_gpu: Any, natural: Any, bilinear: Any, same_greys: Any, matrix: tuple[float, ...], border: str
) -> None:
    image = natural(20, 30)
    x, y = positions(image, matrix)
    expected = bilinear(image, x, y)
    if border == "BORDER_ZERO":
        inside = (x >= 0) & (x <= 30) & (y >= 0) & (y <= 20)
        assert inside.all() == (matrix != BEYOND)
        expected *= inside[..., None]
    assert same_greys(pixels_on_gpu(f"{TOP_LEFT} border_mode: {border}", on_gpu(image), matrix), expected)


def test_gpu_interpolates_bicubically(on_gpu: Any, natural: Any) -> None:
    """With Catmull-Rom's spline: exact for a parabola, and through the pixels themselves."""
    image, matrix = np.zeros((20, 30, 4), np.uint8), turned(0, 0.6, 0.2, 0.2)
    image[..., 0] = (np.arange(30) - 3) ** 2 / 4
    parabola = pixels_on_gpu(TOP_LEFT + "interpolation: INTER_CUBIC", on_gpu(image), matrix)[..., 0]
    # Bytes are rounded before and after.
    assert np.abs(parabola - (positions(image, matrix)[0] - 3.5) ** 2 / 4).max() < 1.1
    pixels = natural(18, 25)
    same = pixels_on_gpu(TOP_LEFT + "interpolation: INTER_CUBIC", on_gpu(pixels), SAME)
    np.testing.assert_array_equal(same, pixels)


def test_gpu_images_with_their_origin_at_the_bottom(on_gpu: Any, natural: Any) -> None:
    image = natural(20, 30)
    upright = pixels_on_gpu(TOP_LEFT, on_gpu(image), INSIDE)
    flipped = pixels_on_gpu("", on_gpu(np.ascontiguousarray(image[::-1])), INSIDE)
    assert np.abs(flipped[::-1].astype(int) - upright).max() <= 1


def test_image_on_the_gpu_stays_there(on_gpu: Any, natural: Any) -> None:
    buffer = on_gpu(natural(20, 30))
    [packet] = warped(TOP_LEFT, Image.from_gpu_buffer(buffer), INSIDE, OUT).take("IMAGE")
    assert packet.payload.uses_gpu()
    expected = pixels_on_gpu(TOP_LEFT, buffer, INSIDE)
    np.testing.assert_array_equal(packet.payload.to_frame().pixels, expected)


def test_missing_gpu_is_reported(on_gpu: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = on_gpu(np.zeros((2, 2, 3), np.uint8))
    monkeypatch.setenv(ADAPTER_VARIABLE, "no such thing")
    with pytest.raises(RuntimeError, match="No GPU fits"):
        warped("", buffer, SAME, OUT)
