from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.arrays import INT_PAIR, INTS_2
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework import packet as packets
from mpgraph.framework.timestamp import PRESTREAM

# The picture that MediaPipe 0.10.21 was asked for the expected pixels below; one channel of it.
PIXELS = ((np.arange(5 * 7 * 3) * 37) % 256).astype(np.uint8).reshape(5, 7, 3)[:, :, 0]
FRAME = ImageFrame.wrap(PIXELS.copy())


def graph(options: str = "", inputs: str = "", side: str = "", outputs: str = "") -> str:
    def entries(kind: str, tags: str) -> tuple[str, str]:
        names = tags.split()
        return (
            " ".join(f'{kind}: "{name.lower()}"' for name in names),
            " ".join(f'{kind}: "{name}:{name.lower()}"' for name in names),
        )

    streams, ports = entries("input_stream", inputs)
    sides, side_ports = entries("input_side_packet", side)
    outs = " ".join(f'output_stream: "out_{name.lower()}"' for name in outputs.split())
    out_ports = " ".join(f'output_stream: "{name}:out_{name.lower()}"' for name in outputs.split())
    return f"""
        input_stream: "image" {streams} {sides} output_stream: "out" {outs}
        node {{
          calculator: "ImageTransformationCalculator"
          input_stream: "IMAGE:image" {ports} {side_ports} output_stream: "IMAGE:out" {out_ports}
          options {{ [mediapipe.ImageTransformationCalculatorOptions.ext] {{ {options} }} }}
        }}"""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            "rotation_mode: ROTATION_180",
            [
                [0, 0, 0, 0, 0, 0, 0],
                [0, 190, 79, 224, 113, 2, 147],
                [0, 181, 70, 215, 104, 249, 138],
                [0, 172, 61, 206, 95, 240, 129],
                [0, 163, 52, 197, 86, 231, 120],
            ],
        ),
        (
            "output_width: 4 output_height: 4 rotation_mode: ROTATION_90",
            [[0, 0, 0, 0], [108, 119, 130, 141], [137, 148, 159, 170], [167, 177, 188, 82]],
        ),
        (
            "output_width: 4 output_height: 6 scale_mode: FIT padding_color { red: 9 }",
            [
                [9, 9, 9, 9],
                [51, 168, 139, 110],
                [66, 183, 154, 124],
                [80, 109, 168, 139],
                [9, 9, 9, 9],
                [9, 9, 9, 9],
            ],
        ),
        (
            "output_width: 9 output_height: 6 rotation_mode: ROTATION_270 flip_horizontally: true",
            [
                [59, 120, 128, 135, 136, 114, 48, 0, 0],
                [88, 178, 186, 193, 181, 110, 27, 0, 0],
                [67, 137, 144, 151, 146, 104, 35, 0, 0],
                [60, 124, 131, 138, 146, 153, 78, 0, 0],
                [68, 139, 146, 153, 161, 168, 86, 0, 0],
                [47, 97, 104, 112, 119, 126, 65, 0, 0],
            ],
        ),
    ],
)
def test_pixels_are_those_of_mediapipe(run: Any, options: str, expected: list[list[int]]) -> None:
    [(_, out)] = run(graph(options), [("image", 0, FRAME)])["out"]
    assert out.pixels.tolist() == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", PIXELS),
        ("rotation_mode: ROTATION_90", np.rot90(PIXELS)),
        ("rotation_mode: ROTATION_270", np.rot90(PIXELS, 3)),
        ("flip_horizontally: true", PIXELS[:, ::-1]),
        ("flip_vertically: true", PIXELS[::-1]),
        ("flip_vertically: true flip_horizontally: true", PIXELS[::-1, ::-1]),
        ("rotation_mode: ROTATION_90 flip_vertically: true", np.rot90(PIXELS)[::-1]),
        ("output_width: 14 output_height: 10 interpolation_mode: NEAREST", PIXELS.repeat(2, 0).repeat(2, 1)),
    ],
)
def test_turns_and_mirrors_without_scaling_are_exact(run: Any, options: str, expected: Any) -> None:
    [(_, out)] = run(graph(options), [("image", 0, FRAME)])["out"]
    assert (out.pixels == expected).all()


@pytest.mark.parametrize(
    ("shape", "dtype", "image_format"),
    [
        ((4, 6, 4), np.uint8, ImageFormat.SRGBA),
        ((4, 6), np.uint16, ImageFormat.GRAY16),
        ((4, 6), np.float32, ImageFormat.VEC32F1),
    ],
)
def test_the_format_stays(run: Any, shape: Any, dtype: Any, image_format: ImageFormat) -> None:
    frame = ImageFrame.wrap(np.ones(shape, dtype))
    options = "output_width: 3 output_height: 3 rotation_mode: ROTATION_90"
    [(_, out)] = run(graph(options), [("image", 0, frame)])["out"]
    assert out.image_format is image_format and out.pixels.shape[:2] == (3, 3)


def test_the_last_value_of_a_stream_holds_on(run: Any) -> None:
    events = [
        ("rotation_degrees", 0, 90),
        ("image", 0, FRAME),
        ("rotation_degrees", 1, None),
        ("image", 1, FRAME),
        ("rotation_degrees", 2, 45),  # not a quarter: no rotation
        ("image", 2, FRAME),
    ]
    out = run(graph(inputs="ROTATION_DEGREES"), events)["out"]
    assert [(t, frame.height) for t, frame in out] == [(0, 7), (1, 7), (2, 5)]


def test_streams_come_before_side_packets_and_those_before_options(run: Any) -> None:
    text = graph("flip_vertically: true", inputs="FLIP_VERTICALLY", side="FLIP_VERTICALLY FLIP_HORIZONTALLY")
    side = {"flip_vertically": False, "flip_horizontally": True}
    events = [
        ("flip_vertically", 0, None),
        ("image", 0, FRAME),
        ("flip_vertically", 1, True),
        ("image", 1, FRAME),
    ]
    # The name of the side packet is also the stream's; they are different things.
    out = run(text, events, side)["out"]
    assert (out[0][1].pixels == PIXELS[:, ::-1]).all()
    assert (out[1][1].pixels == PIXELS[::-1, ::-1]).all()


def test_without_dimensions_at_a_time_nothing_comes_out(run: Any) -> None:
    events = [
        ("image", 0, FRAME),
        ("output_dimensions", 0, packets.make((2, 3), INT_PAIR)),
        ("image", 1, FRAME),
        ("output_dimensions", 1, None),
    ]
    out = run(graph(inputs="OUTPUT_DIMENSIONS"), events)["out"]
    assert [(t, frame.width, frame.height) for t, frame in out] == [(0, 2, 3)]


def test_dimensions_and_degrees_as_side_packets(run: Any) -> None:
    text = graph(
        "output_width: 50 output_height: 50 rotation_mode: ROTATION_90",
        side="OUTPUT_DIMENSIONS ROTATION_DEGREES",
    )
    side = {"output_dimensions": packets.make((3, 2), INTS_2), "rotation_degrees": 0}
    [(_, out)] = run(text, [("image", 0, FRAME)], side)["out"]
    assert (out.width, out.height) == (3, 2)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("output_width: 14 output_height: 20 scale_mode: FIT", (0.0, 0.25, 0.0, 0.25)),
        (
            "output_width: 10 output_height: 7 scale_mode: FIT rotation_mode: ROTATION_90",
            (0.25, 0.0, 0.25, 0.0),
        ),
        ("output_width: 14 output_height: 20", (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_letterbox_padding_is_told_for_fit(run: Any, options: str, expected: Any) -> None:
    out = run(graph(options, outputs="LETTERBOX_PADDING"), [("image", 0, FRAME)])["out_letterbox_padding"]
    assert out == [(0, pytest.approx(expected, abs=1e-6))]


def test_the_header_gets_the_new_size(run: Any) -> None:
    header = VideoHeader(ImageFormat.SRGB, 640, 480, 29.97, 3.0)
    text = graph("rotation_mode: ROTATION_90", inputs="VIDEO_PRESTREAM", outputs="VIDEO_PRESTREAM")
    out = run(text, [("video_prestream", PRESTREAM, header), ("image", 0, FRAME)])
    assert out["out_video_prestream"] == [(PRESTREAM, VideoHeader(ImageFormat.SRGB, 480, 640, 29.97, 3.0))]


@pytest.mark.parametrize(
    "ports",
    [
        {"inputs": "VIDEO_PRESTREAM"},
        {"inputs": "VIDEO_PRESTREAM OUTPUT_DIMENSIONS", "outputs": "VIDEO_PRESTREAM"},
    ],
)
def test_a_header_that_could_be_wrong_is_refused(run: Any, ports: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="VIDEO_PRESTREAM"):
        run(graph(**ports))


def gpu_graph(options: str = "", **ports: str) -> str:
    return graph(options, **ports).replace('"IMAGE:', '"IMAGE_GPU:')


def scaled(bilinear: Any, picture: Any, width: int, height: int) -> Any:
    rows, columns = picture.shape[:2]
    x, y = (np.arange(width) + 0.5) * columns / width, (np.arange(height) + 0.5) * rows / height
    return bilinear(picture, x, y[:, None])


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (333, 517)])
@pytest.mark.parametrize(("width", "height"), [(517, 333), (100, 60)])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_scaled_then_turned_then_mirrored_on_the_gpu(
    run: Any,
    on_gpu: Any,
    natural: Any,
    bilinear: Any,
    same_greys: Any,
    columns: int,
    rows: int,
    width: int,
    height: int,
    quarters: int,
) -> None:
    picture = natural(rows, columns)
    options = f"output_width: {width} output_height: {height} rotation_mode: ROTATION_{quarters * 90} "
    inner = (height, width) if quarters % 2 else (width, height)
    turned = np.rot90(scaled(bilinear, picture, *inner), quarters)
    for flips, expected in (
        ("", turned),
        ("flip_horizontally: true", turned[:, ::-1]),
        ("flip_vertically: true", turned[::-1]),
        ("flip_horizontally: true flip_vertically: true", turned[::-1, ::-1]),
    ):
        [(_, out)] = run(gpu_graph(options + flips), [("image", 0, on_gpu(picture))])["out"]
        assert same_greys(out.to_frame().pixels, expected)


def test_turning_without_scaling_is_exact_on_the_gpu(run: Any, on_gpu: Any) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (517, 333, 3), np.uint8)
    for quarters in range(4):
        text = gpu_graph(f"rotation_mode: ROTATION_{quarters * 90}")
        [(_, out)] = run(text, [("image", 0, on_gpu(picture))])["out"]
        frame = out.to_frame()
        assert frame.image_format is ImageFormat.SRGB and (frame.pixels == np.rot90(picture, quarters)).all()


def test_nothing_to_do_on_the_gpu_is_not_done(run: Any, on_gpu: Any) -> None:
    image = on_gpu(PIXELS)
    assert run(gpu_graph(), [("image", 0, image)])["out"][0][1] is image


def test_the_nearest_pixel_on_the_gpu(run: Any, on_gpu: Any) -> None:
    options = "output_width: 14 output_height: 10 interpolation_mode: NEAREST"
    [(_, out)] = run(gpu_graph(options), [("image", 0, on_gpu(PIXELS))])["out"]
    assert (out.to_frame().pixels == PIXELS.repeat(2, 0).repeat(2, 1)).all()


def test_fit_leaves_a_border_on_the_gpu(run: Any, on_gpu: Any) -> None:
    picture = np.full((4, 8, 3), 50, np.uint8)
    size = "output_width: 8 output_height: 8 scale_mode: FIT "
    color = "padding_color { red: 1 green: 2 blue: 3 }"
    out = run(gpu_graph(size + color, outputs="LETTERBOX_PADDING"), [("image", 0, on_gpu(picture))])
    pixels = out["out"][0][1].to_frame().pixels
    assert (pixels[2:6] == 50).all() and (pixels[[0, 1, 6, 7]] == (1, 2, 3)).all()
    assert out["out_letterbox_padding"] == [(0, (0.0, 0.25, 0.0, 0.25))]
    [(_, out)] = run(gpu_graph(size + "constant_padding: false"), [("image", 0, on_gpu(picture))])["out"]
    assert (out.to_frame().pixels == 50).all()


def test_fill_and_crop_fills_and_crops_on_the_gpu(run: Any, on_gpu: Any) -> None:
    picture = np.arange(4 * 8, dtype=np.uint8).reshape(4, 8)
    text = gpu_graph("output_width: 4 output_height: 4 scale_mode: FILL_AND_CROP")
    [(_, out)] = run(text, [("image", 0, on_gpu(picture))])["out"]
    assert (out.to_frame().pixels == picture[:, 2:6]).all()


def test_streams_decide_on_the_gpu_too(run: Any, on_gpu: Any) -> None:
    image = on_gpu(PIXELS)
    text = gpu_graph(inputs="FLIP_VERTICALLY")
    events = [
        ("flip_vertically", 0, True),
        ("image", 0, image),
        ("flip_vertically", 1, False),
        ("image", 1, image),
    ]
    [(_, first), (_, second)] = run(text, events)["out"]
    assert (first.to_frame().pixels == PIXELS[::-1]).all() and second is image


def test_a_size_that_no_gpu_must_have(run: Any, on_gpu: Any) -> None:
    with pytest.raises(ValueError, match="An image of 8193x2 pixels does not fit.* 8192 pixels"):
        run(gpu_graph("output_width: 8193 output_height: 2"), [("image", 0, on_gpu(PIXELS))])
