"""WarpAffineCalculator on the GPU, against its formula in double."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image import Image
from mpgraph.testing import run, t

Array = npt.NDArray[Any]

NAME = "WarpAffineCalculatorGpu"
TOP_LEFT = "gpu_origin: TOP_LEFT "
SIZE = (25, 18)


def turned(angle: float, scale: float, x: float, y: float) -> tuple[float, ...]:
    """A 4x4 matrix that turns and scales, and moves (0, 0) to (x, y)."""
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    return (cosine, -sine, 0, x, sine, cosine, 0, y, 0, 0, 1, 0, 0, 0, 0, 1)


MATRICES = [turned(0, 1, 0, 0), turned(0.4, 0.5, 0.3, 0.1), turned(0.4, 1.5, -0.3, 0.2)]


def positions(image: Array, matrix: tuple[float, ...]) -> tuple[Array, Array]:
    """For each pixel of the output, the position in the image; the centers of pixels are at halves."""
    width, height = SIZE
    x, y = np.meshgrid((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
    rows, columns = image.shape[:2]
    return (
        (matrix[0] * x + matrix[1] * y + matrix[3]) * columns,
        (matrix[4] * x + matrix[5] * y + matrix[7]) * rows,
    )


def warped(options: str, image: Any, matrix: tuple[float, ...], name: str = NAME) -> Any:
    node = run(name, options, outputs=["IMAGE"]).send("IMAGE", image @ t(0))
    [packet] = node.send("MATRIX", matrix @ t(0)).send("OUTPUT_SIZE", SIZE @ t(0)).take("IMAGE")
    return packet.payload


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("border", ["BORDER_REPLICATE", "BORDER_ZERO"])
def test_bilinear(
    on_gpu: Any, natural: Any, bilinear: Any, same_greys: Any, matrix: tuple[float, ...], border: str
) -> None:
    image = natural(20, 30)
    found = warped(f"{TOP_LEFT} border_mode: {border}", on_gpu(image), matrix).to_frame().pixels
    x, y = positions(image, matrix)
    expected = bilinear(image, x, y)
    if border == "BORDER_ZERO":
        inside = (x >= 0) & (x <= 30) & (y >= 0) & (y <= 20)
        assert inside.all() == (matrix != MATRICES[2])
        expected *= inside[..., None]
    assert same_greys(found, expected)


def test_bicubic(on_gpu: Any, natural: Any) -> None:
    """Catmull-Rom's spline: exact for a parabola, and through the pixels themselves."""
    image = np.zeros((20, 30, 4), np.uint8)
    image[..., 0] = (np.arange(30) - 3) ** 2 / 4
    parabola = warped(TOP_LEFT + "interpolation: INTER_CUBIC", on_gpu(image), turned(0, 0.6, 0.2, 0.2))
    x, _ = positions(image, turned(0, 0.6, 0.2, 0.2))
    assert (
        np.abs(parabola.to_frame().pixels[..., 0] - (x - 3.5) ** 2 / 4).max() < 1.1
    )  # Bytes are rounded twice.
    pixels = natural(18, 25)
    same = warped(TOP_LEFT + "interpolation: INTER_CUBIC", on_gpu(pixels), turned(0, 1, 0, 0))
    np.testing.assert_array_equal(same.to_frame().pixels, pixels)


def test_images_with_their_origin_at_the_bottom(on_gpu: Any, natural: Any) -> None:
    image, matrix = natural(20, 30), turned(0.4, 0.5, 0.3, 0.1)
    upright = warped(TOP_LEFT, on_gpu(image), matrix).to_frame().pixels
    flipped = warped("", on_gpu(np.ascontiguousarray(image[::-1])), matrix).to_frame().pixels
    assert np.abs(flipped[::-1].astype(int) - upright).max() <= 1


def test_image_on_the_gpu_stays_there(on_gpu: Any, natural: Any) -> None:
    buffer, matrix = on_gpu(natural(20, 30)), turned(0.4, 0.5, 0.3, 0.1)
    out = warped(TOP_LEFT, Image.from_gpu_buffer(buffer), matrix, "WarpAffineCalculator")
    expected = warped(TOP_LEFT, buffer, matrix).to_frame().pixels
    assert out.uses_gpu()
    np.testing.assert_array_equal(out.to_frame().pixels, expected)


def test_missing_gpu_is_reported(on_gpu: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_GPU_ADAPTER", "no such thing")
    with pytest.raises((ConfigError, RuntimeError), match="No GPU fits"):
        warped("", on_gpu(np.zeros((2, 2, 3), np.uint8)), turned(0, 1, 0, 0))
