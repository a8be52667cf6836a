from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_frame import ImageFrame
from mpgraph.protos import rect_pb2

PIXELS = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30)
FRAME = ImageFrame.wrap(PIXELS.copy())


def graph(options: str = "", tags: str = "") -> str:
    streams = " ".join(f'input_stream: "{tag.lower()}"' for tag in tags.split())
    ports = " ".join(f'input_stream: "{tag}:{tag.lower()}"' for tag in tags.split())
    return f"""
        input_stream: "image" {streams} output_stream: "out"
        node {{
          calculator: "ImageCroppingCalculator"
          input_stream: "IMAGE:image" {ports} output_stream: "IMAGE:out"
          options {{ [mediapipe.ImageCroppingCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def rect(x: int, y: int, width: int, height: int, rotation: float = 0) -> Any:
    return rect_pb2.Rect(x_center=x, y_center=y, width=width, height=height, rotation=rotation)


def norm_rect(x: float, y: float, width: float, height: float, rotation: float = 0) -> Any:
    return rect_pb2.NormalizedRect(x_center=x, y_center=y, width=width, height=height, rotation=rotation)


@pytest.mark.parametrize(
    ("box", "rows", "columns"),
    [
        ((15, 10, 6, 4), slice(8, 12), slice(12, 18)),
        ((15, 10, 30, 20), slice(None), slice(None)),
        ((2, 1, 4, 2), slice(0, 2), slice(0, 4)),
    ],
)
def test_an_upright_rectangle_comes_out_pixel_for_pixel(
    run: Any, box: Any, rows: slice, columns: slice
) -> None:
    out = run(graph(tags="RECT"), [("image", 0, FRAME), ("rect", 0, rect(*box))])["out"]
    assert (out[0][1].pixels == PIXELS[rows, columns]).all()
    assert out[0][1].image_format is FRAME.image_format


def test_parts_of_the_picture_are_rounded_to_pixels(run: Any) -> None:
    # 0.21 · 30 = 6.3 wide and 0.27 · 20 = 5.4 high: 6 by 5. The middle (14.7, 9.8) goes to (15, 9.5).
    events = [("image", 0, FRAME), ("norm_rect", 0, norm_rect(0.49, 0.49, 0.21, 0.27))]
    [(_, out)] = run(graph(tags="NORM_RECT"), events)["out"]
    assert (out.pixels == PIXELS[7:12, 12:18]).all()


def test_a_quarter_turn(run: Any) -> None:
    events = [("image", 0, FRAME), ("rect", 0, rect(15, 10, 4, 6, math.pi / 2))]
    [(_, out)] = run(graph(tags="RECT"), events)["out"]
    # Turned clockwise, the box's upper left corner is the upper right one of the upright 6 by 4 box.
    assert (out.pixels == np.rot90(PIXELS[8:12, 12:18])).all()


@pytest.mark.parametrize(("border", "corner"), [("", 0), ("border_mode: BORDER_REPLICATE", PIXELS[0, 0])])
def test_beyond_the_picture(run: Any, border: str, corner: int) -> None:
    out = run(graph(border, tags="RECT"), [("image", 0, FRAME), ("rect", 0, rect(0, 0, 4, 4))])["out"]
    assert out[0][1].pixels[0, 0] == corner
    assert (out[0][1].pixels[2:, 2:] == PIXELS[:2, :2]).all()


@pytest.mark.parametrize(
    ("options", "rows", "columns"),
    [
        ("width: 6 height: 4", slice(8, 12), slice(12, 18)),
        ("norm_width: 0.2 norm_height: 0.2", slice(8, 12), slice(12, 18)),
        ("width: 6 height: 4 norm_center_x: 0.2 norm_center_y: 0.2", slice(2, 6), slice(3, 9)),
    ],
)
def test_sizes_from_options(run: Any, options: str, rows: slice, columns: slice) -> None:
    [(_, out)] = run(graph(options), [("image", 0, FRAME)])["out"]
    assert (out.pixels == PIXELS[rows, columns]).all()


def test_sizes_from_streams(run: Any) -> None:
    events = [("image", 0, FRAME), ("width", 0, 6), ("height", 0, 4)]
    [(_, out)] = run(graph(tags="WIDTH HEIGHT"), events)["out"]
    assert (out.pixels == PIXELS[8:12, 12:18]).all()


def test_results_are_scaled_down_to_a_largest_size(run: Any) -> None:
    [(_, out)] = run(
        graph("width: 20 height: 10 output_max_width: 10 output_max_height: 9"), [("image", 0, FRAME)]
    )["out"]
    assert (out.width, out.height) == (10, 5)


def test_a_rectangle_without_a_size_is_the_whole_picture_and_a_missing_one_is_nothing(run: Any) -> None:
    events = [
        ("image", 0, FRAME),
        ("rect", 0, rect(3, 3, 0, 5)),
        ("image", 1, FRAME),
        ("rect", 1, None),
    ]
    out = run(graph(tags="RECT"), events)["out"]
    assert [t for t, _ in out] == [0] and (out[0][1].pixels == PIXELS).all()


@pytest.mark.parametrize(
    ("options", "tags"),
    [
        ("", ""),
        ("width: 3", ""),
        ("width: 3 height: 3 norm_width: 0.5 norm_height: 0.5", ""),
        ("width: 3 height: 3", "RECT"),
        ("", "RECT NORM_RECT"),
        ("", "WIDTH"),
    ],
)
def test_the_size_has_exactly_one_source(run: Any, options: str, tags: str) -> None:
    with pytest.raises(ValueError, match="Illegal combination of input streams/options"):
        run(graph(options, tags))


@pytest.mark.parametrize(
    "box",
    [norm_rect(0.5, 0.5, 0.001, 0.5), norm_rect(math.nan, 0.5, 0.5, 0.5), norm_rect(0.5, 0.5, math.inf, 1)],
)
def test_a_rectangle_without_pixels_is_told(run: Any, box: Any) -> None:
    with pytest.raises(ValueError, match="has no pixels"):
        run(graph(tags="NORM_RECT"), [("image", 0, FRAME), ("norm_rect", 0, box)])


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("rotation", [0, 0.4, 1.5])
def test_on_the_gpu(
    run: Any,
    on_gpu: Any,
    natural: Any,
    bilinear: Any,
    same_greys: Any,
    columns: int,
    rows: int,
    rotation: float,
) -> None:
    picture = natural(rows, columns)
    box = rect(100, 90, 211, 80, rotation)
    text = graph(tags="RECT").replace("IMAGE:", "IMAGE_GPU:")
    [(_, out)] = run(text, [("image", 0, on_gpu(picture)), ("rect", 0, box)])["out"]
    # An odd width and an even height: with edges on edges of pixels unless it is turned.
    center = (100.5, 90) if rotation == 0 else (100, 90)
    x, y = np.arange(211) + 0.5 - 105.5, (np.arange(80) + 0.5 - 40)[:, None]
    cosine, sine = math.cos(rotation), math.sin(rotation)
    expected = bilinear(picture, center[0] + x * cosine - y * sine, center[1] + x * sine + y * cosine)
    pixels = out.to_frame().pixels
    assert pixels.shape == expected.shape and same_greys(pixels, expected)


def test_the_largest_size_on_the_gpu(run: Any, on_gpu: Any) -> None:
    picture = np.full((20, 30, 3), 7, np.uint8)
    text = graph("output_max_width: 10", tags="RECT").replace("IMAGE:", "IMAGE_GPU:")
    [(_, out)] = run(text, [("image", 0, on_gpu(picture)), ("rect", 0, rect(15, 10, 20, 8))])["out"]
    assert (out.width, out.height) == (10, 4) and (out.to_frame().pixels == 7).all()
