from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import CalculatorRunner, normalized_rect, rect, run, t

NAME = "ImageCroppingCalculator"
PIXELS = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30)
FRAME = ImageFrame.wrap(PIXELS.copy(), ImageFormat.GRAY16)


def cropping(options: str = "", **streams: Any) -> CalculatorRunner:
    node = run(NAME, options, outputs=["IMAGE"]).send("IMAGE", FRAME @ t(0))
    for port, value in streams.items():
        node.send(port, value @ t(0))
    return node


def expected(rows: slice, columns: slice) -> Any:
    return ImageFrame.wrap(PIXELS[rows, columns].copy(), ImageFormat.GRAY16) @ t(0)


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        (rect(15, 10, 6, 4), slice(8, 12), slice(12, 18)),
        (rect(15, 10, 30, 20), slice(None), slice(None)),
        (rect(2, 1, 4, 2), slice(0, 2), slice(0, 4)),
        (rect(3, 3, 0, 5), slice(None), slice(None)),  # A rectangle without a size is the whole image.
    ],
)
def test_upright_rectangle_is_cut_out_pixel_for_pixel(box: Any, rows: slice, columns: slice) -> None:
    cropping(RECT=box).expect("IMAGE", expected(rows, columns))


def test_fractions_of_the_image_are_rounded_to_pixels() -> None:
    # 0.21 · 30 = 6.3 wide and 0.27 · 20 = 5.4 high: 6 by 5. The center (14.7, 9.8) becomes (15, 9.5).
    box = normalized_rect(0.49, 0.49, 0.21, 0.27)
    cropping(NORM_RECT=box).expect("IMAGE", expected(slice(7, 12), slice(12, 18)))


def test_quarter_turn() -> None:
    # Rotated clockwise, the box's top left corner is the top right corner of the upright 6 by 4 box.
    cropping(RECT=rect(15, 10, 4, 6, math.pi / 2)).expect("IMAGE", np.rot90(PIXELS[8:12, 12:18]) @ t(0))


@pytest.mark.parametrize(("border", "corner"), [("", 0), ("border_mode: BORDER_REPLICATE", PIXELS[0, 0])])
def test_border_beyond_the_image(border: str, corner: int) -> None:
    [packet] = cropping(border, RECT=rect(0, 0, 4, 4)).take("IMAGE")
    pixels = packet.payload.pixels
    assert pixels[0, 0] == corner and (pixels[2:, 2:] == PIXELS[:2, :2]).all()


@pytest.mark.parametrize(
    ("options", "rows", "columns"),
    [
        ("width: 6 height: 4", slice(8, 12), slice(12, 18)),
        ("norm_width: 0.2 norm_height: 0.2", slice(8, 12), slice(12, 18)),
        ("width: 6 height: 4 norm_center_x: 0.2 norm_center_y: 0.2", slice(2, 6), slice(3, 9)),
    ],
)
def test_size_from_options(options: str, rows: slice, columns: slice) -> None:
    cropping(options).expect("IMAGE", expected(rows, columns))


def test_size_from_streams() -> None:
    cropping(WIDTH=6, HEIGHT=4).expect("IMAGE", expected(slice(8, 12), slice(12, 18)))


def test_large_results_are_scaled_down() -> None:
    node = cropping("width: 20 height: 10 output_max_width: 10 output_max_height: 9")
    node.expect("IMAGE", lambda image: (image.width, image.height) == (10, 5))


def test_nothing_is_sent_without_the_rectangle() -> None:
    node = run(NAME, inputs=["IMAGE", "RECT"], outputs=["IMAGE"])
    node.send("IMAGE", FRAME @ t(0)).bound("RECT", 1).expect_nothing().settles("IMAGE", 0)


@pytest.mark.parametrize(
    ("options", "inputs"),
    [
        ("", []),
        ("width: 3", []),
        ("width: 3 height: 3 norm_width: 0.5 norm_height: 0.5", []),
        ("width: 3 height: 3", ["RECT"]),
        ("", ["RECT", "NORM_RECT"]),
        ("", ["WIDTH"]),
    ],
)
def test_size_needs_exactly_one_source(options: str, inputs: list[str]) -> None:
    with pytest.raises(ValueError, match="Illegal combination of input streams/options"):
        run(NAME, options, inputs=["IMAGE", *inputs], outputs=["IMAGE"])


@pytest.mark.parametrize(
    "box",
    [
        normalized_rect(0.5, 0.5, 0.001, 0.5),
        normalized_rect(math.nan, 0.5, 0.5, 0.5),
        normalized_rect(0.5, 0.5, math.inf, 1),
    ],
)
def test_rectangle_without_pixels_is_reported(box: Any) -> None:
    cropping(NORM_RECT=box).expect_error("has no pixels", ValueError)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("rotation", [0, 0.4, 1.5])
def test_gpu(
    on_gpu: Any, natural: Any, bilinear: Any, same_greys: Any, columns: int, rows: int, rotation: float
) -> None:
    image = natural(rows, columns)
    node = run(NAME).send("IMAGE_GPU", on_gpu(image) @ t(0))
    [packet] = node.send("RECT", rect(100, 90, 211, 80, rotation) @ t(0)).take("IMAGE_GPU")
    # An odd width and an even height: edges lie on edges of pixels unless the rectangle is rotated.
    center = (100.5, 90) if rotation == 0 else (100, 90)
    x, y = np.arange(211) + 0.5 - 105.5, (np.arange(80) + 0.5 - 40)[:, None]
    cosine, sine = math.cos(rotation), math.sin(rotation)
    sampled = bilinear(image, center[0] + x * cosine - y * sine, center[1] + x * sine + y * cosine)
    pixels = packet.payload.to_frame().pixels
    assert pixels.shape == sampled.shape and same_greys(pixels, sampled)


def test_gpu_scales_large_results_down(on_gpu: Any) -> None:
    node = run(NAME, "output_max_width: 10")
    node.send("IMAGE_GPU", on_gpu(np.full((20, 30, 3), 7, np.uint8)) @ t(0))
    [packet] = node.send("RECT", rect(15, 10, 20, 8) @ t(0)).take("IMAGE_GPU")
    assert (packet.payload.width, packet.payload.height) == (10, 4)
    assert (packet.payload.to_frame().pixels == 7).all()
