from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.protos import rect_pb2

FLOATS = "output_tensor_float_range { min: 0 max: 255 } "
PIXELS = ((np.arange(5 * 7 * 3) * 37) % 256).astype(np.uint8).reshape(5, 7, 3)
FRAME = ImageFrame.wrap(PIXELS.copy())


def graph(options: str = FLOATS, *, rect: bool = False, outputs: str = "TENSORS") -> str:
    outs = " ".join(f'output_stream: "{name.lower()}"' for name in outputs.split())
    ports = " ".join(f'output_stream: "{name}:{name.lower()}"' for name in outputs.split())
    return f"""
        input_stream: "image" {'input_stream: "rect"' if rect else ""} {outs}
        node {{
          calculator: "ImageToTensorCalculator"
          input_stream: "IMAGE:image" {'input_stream: "NORM_RECT:rect"' if rect else ""} {ports}
          options {{ [mediapipe.ImageToTensorCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def size(width: int, height: int) -> str:
    return f"output_tensor_width: {width} output_tensor_height: {height} "


def norm_rect(x: float, y: float, width: float, height: float, rotation: float = 0) -> Any:
    return rect_pb2.NormalizedRect(x_center=x, y_center=y, width=width, height=height, rotation=rotation)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            "border_mode: BORDER_ZERO",
            [
                [94, 130, 166, 192, 37, 74, 160, 197, 74, 66, 103, 140],
                [43, 80, 117, 203, 64, 101, 110, 147, 160, 149, 152, 87],
                [14, 41, 69, 150, 155, 192, 116, 93, 130, 154, 13, 40],
            ],
        ),
        (
            "keep_aspect_ratio: true border_mode: BORDER_REPLICATE",
            [
                [128, 125, 162, 142, 67, 104, 190, 227, 24, 93, 130, 167],
                [52, 89, 126, 212, 49, 86, 119, 156, 145, 134, 164, 96],
                [20, 57, 94, 141, 170, 207, 93, 85, 122, 203, 32, 69],
            ],
        ),
    ],
)
def test_a_turned_rectangle_gives_the_numbers_of_mediapipe(run: Any, options: str, expected: Any) -> None:
    # Recorded from MediaPipe 0.10.21 (ImageToTensorCalculator, then TensorsToFloatsCalculator).
    events = [("image", 0, FRAME), ("rect", 0, norm_rect(0.4, 0.6, 0.9, 0.7, 0.5))]
    [(_, [tensor])] = run(graph(FLOATS + size(4, 3) + options, rect=True), events)["tensors"]
    assert tensor.shape == (1, 3, 4, 3) and tensor.dtype == np.float32
    assert tensor.array.reshape(3, 12).tolist() == expected


def test_corners_go_to_corners_and_not_centres_to_centres(run: Any) -> None:
    ramp = np.tile(np.arange(0, 240, 10, dtype=np.uint8), (8, 1))
    [(_, [tensor])] = run(graph(FLOATS + size(8, 2)), [("image", 0, ImageFrame.wrap(ramp))])["tensors"]
    assert tensor.array[0, 0, :, 0].tolist() == [0, 30, 60, 90, 120, 150, 180, 210]


def test_pixels_are_rounded_to_bytes_before_they_are_scaled(run: Any) -> None:
    ramp = np.array([[0, 1]], np.uint8)
    options = "output_tensor_float_range { min: 0 max: 1 }" + size(8, 1)
    [(_, [tensor])] = run(graph(options), [("image", 0, ImageFrame.wrap(ramp))])["tensors"]
    assert set(tensor.array.ravel().tolist()) == {0.0, float(np.float32(1 / 255))}


@pytest.mark.parametrize("make", [Image.wrap, ImageFrame.wrap])
def test_images_and_frames_of_their_own_size_pass_pixel_for_pixel(run: Any, make: Any) -> None:
    [(t, [tensor])] = run(graph(), [("image", 9, make(PIXELS.copy()))])["tensors"]
    assert t == 9 and (tensor.array == PIXELS[None]).all()


@pytest.mark.parametrize(("channels", "kept"), [(1, 1), (3, 3), (4, 3)])
def test_alpha_is_dropped_and_grey_stays_grey(run: Any, channels: int, kept: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, channels)).astype(np.uint8)
    [(_, [tensor])] = run(graph(), [("image", 0, ImageFrame.wrap(pixels))])["tensors"]
    assert (tensor.array[0] == pixels[..., :kept]).all()


@pytest.mark.parametrize(
    ("options", "dtype", "expected"),
    [
        ("output_tensor_float_range { min: -1 max: 1 }", np.float32, [-1.0, 1.0]),
        ("output_tensor_int_range { min: -128 max: 127 }", np.int8, [-128, 127]),
        ("output_tensor_uint_range { min: 0 max: 255 }", np.uint8, [0, 255]),
        ("output_tensor_int_range { min: 0 max: 100 }", np.uint8, [0, 100]),
    ],
)
def test_ranges(run: Any, options: str, dtype: type, expected: Any) -> None:
    black_and_white = ImageFrame.wrap(np.array([[0, 255]], np.uint8))
    [(_, [tensor])] = run(graph(options), [("image", 0, black_and_white)])["tensors"]
    assert tensor.dtype == dtype and tensor.array.ravel().tolist() == pytest.approx(expected, abs=1e-6)


def test_padding_and_matrix_tell_how_tensor_and_picture_lie(run: Any) -> None:
    options = FLOATS + size(10, 10) + "keep_aspect_ratio: true"
    out = run(graph(options, outputs="TENSOR MATRIX LETTERBOX_PADDING"), [("image", 0, FRAME)])
    assert out["letterbox_padding"] == [(0, pytest.approx((0, 1 / 7, 0, 1 / 7)))]
    matrix = np.array(out["matrix"][0][1]).reshape(4, 4)
    assert matrix @ [0.5, 0.5, 0, 1] == pytest.approx([0.5, 0.5, 0, 1])
    assert matrix @ [0, 1 / 7, 0, 1] == pytest.approx([0, 0, 0, 1], abs=1e-6)
    assert out["tensor"][0][1].shape == (1, 10, 10, 3)


def test_without_a_rectangle_at_a_time_or_with_an_empty_one_nothing_comes_out(run: Any) -> None:
    events = [
        ("image", 0, FRAME),
        ("rect", 0, None),
        ("image", 1, FRAME),
        ("rect", 1, norm_rect(0.5, 0.5, 0, 0)),
        ("image", 2, FRAME),
        ("rect", 2, norm_rect(0.5, 0.5, 1, 1)),
    ]
    assert [t for t, _ in run(graph(rect=True), events)["tensors"]] == [2]


@pytest.mark.parametrize("box", [norm_rect(0.5, 0.5, 0, 1), norm_rect(0.5, 0.5, float("nan"), 1)])
def test_a_rectangle_without_pixels_is_told(run: Any, box: Any) -> None:
    with pytest.raises(ValueError, match="ROI"):
        run(graph(rect=True), [("image", 0, FRAME), ("rect", 0, box)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "Output tensor range is required"),
        ("output_tensor_float_range { min: 1 max: 1 }", "Valid output_tensor_float_range required"),
        ("output_tensor_int_range { min: -129 max: 1 }", r"within \[-128, 127\]"),
        ("output_tensor_uint_range { min: 0 max: 256 }", r"within \[0, 255\]"),
        (FLOATS + "output_tensor_width: 0", "Valid output_tensor_width"),
        (FLOATS + "output_tensor_height: -3", "Valid output_tensor_height"),
    ],
)
def test_wrong_options_are_told_when_the_graph_is_built(run: Any, options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(options))


@pytest.mark.parametrize("outputs", ["TENSORS TENSOR", "MATRIX"])
def test_exactly_one_form_of_tensors(run: Any, outputs: str) -> None:
    with pytest.raises(ValueError, match="exactly one of the output streams"):
        run(graph(outputs=outputs))


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 2), np.uint16), "SRGB, SRGBA and GRAY8 formats are supported, passed format: GRAY16"),
        (np.zeros((1, 40000), np.uint8), "40000x1 cannot be sampled"),
    ],
)
def test_pictures_it_cannot_take(run: Any, pixels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(graph(FLOATS + size(2, 2)), [("image", 0, ImageFrame.wrap(pixels))])


TOP_LEFT = "gpu_origin: TOP_LEFT "


def gpu_graph(options: str = FLOATS + TOP_LEFT, **ports: Any) -> str:
    return graph(options, **ports).replace('"IMAGE:', '"IMAGE_GPU:')


def sampled(bilinear: Any, picture: Any, box: tuple[float, ...], width: int, height: int, zero: bool) -> Any:
    """The GPU's sampling: middles onto middles. box: centre, size in pixels, rotation."""
    center_x, center_y, box_width, box_height, rotation = box
    x = ((np.arange(width) + 0.5) / width - 0.5) * box_width
    y = (((np.arange(height) + 0.5) / height - 0.5) * box_height)[:, None]
    cosine, sine = np.cos(rotation), np.sin(rotation)
    x, y = center_x + x * cosine - y * sine, center_y + x * sine + y * cosine
    if zero:
        picture, x, y = np.pad(picture, ((1, 1), (1, 1), (0, 0))), x + 1, y + 1
        x, y = np.clip(x, 0, picture.shape[1]), np.clip(y, 0, picture.shape[0])
    return bilinear(picture, x, y)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("tag", ["IMAGE", "IMAGE_GPU"])
def test_a_whole_picture_on_the_gpu(
    run: Any, on_gpu: Any, bilinear: Any, columns: int, rows: int, channels: int, tag: str
) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (rows, columns, channels), np.uint8)
    text = graph(size(256, 144) + "output_tensor_float_range { min: -1 max: 1 } " + TOP_LEFT)
    buffer = on_gpu(picture)
    image = Image.from_gpu_buffer(buffer) if tag == "IMAGE" else buffer
    [(_, [tensor])] = run(text.replace('"IMAGE:', f'"{tag}:'), [("image", 0, image)])["tensors"]
    box = (columns / 2, rows / 2, columns, rows, 0)
    expected = sampled(bilinear, picture, box, 256, 144, zero=False)[..., :3] / 255 * 2 - 1
    assert tensor.gpu is not None and tensor.shape == (1, 144, 256, 3) and tensor.dtype == np.float32
    np.testing.assert_allclose(tensor.array[0], expected, atol=2e-4)


@pytest.mark.parametrize("border", ["ZERO", "REPLICATE"])
@pytest.mark.parametrize("rotation", [0, 0.5])
def test_a_rectangle_beyond_the_edge_on_the_gpu(
    run: Any, on_gpu: Any, bilinear: Any, border: str, rotation: float
) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (51, 33, 3), np.uint8)
    text = gpu_graph(f"{FLOATS} {TOP_LEFT} {size(40, 30)} border_mode: BORDER_{border}", rect=True)
    events = [("image", 0, on_gpu(picture)), ("rect", 0, norm_rect(0.2, 0.5, 0.8, 1.2, rotation))]
    [(_, [tensor])] = run(text, events)["tensors"]
    box = (0.2 * 33, 0.5 * 51, 0.8 * 33, 1.2 * 51, rotation)
    expected = sampled(bilinear, picture, box, 40, 30, zero=border == "ZERO")
    np.testing.assert_allclose(tensor.array[0], expected, atol=0.05)


@pytest.mark.parametrize("origin", ["", "gpu_origin: CONVENTIONAL"])
def test_pictures_on_the_gpu_are_upside_down_unless_told(run: Any, on_gpu: Any, origin: str) -> None:
    [(_, [tensor])] = run(gpu_graph(FLOATS + origin), [("image", 0, on_gpu(PIXELS))])["tensors"]
    np.testing.assert_allclose(tensor.array[0], PIXELS[::-1], atol=1e-3)


def test_padding_and_matrix_are_told_on_the_gpu_too(run: Any, on_gpu: Any) -> None:
    options = FLOATS + TOP_LEFT + size(8, 8) + "keep_aspect_ratio: true"
    outputs = "TENSOR LETTERBOX_PADDING MATRIX"
    events = [("image", 0, FRAME)]
    on_cpu = run(graph(options, outputs=outputs), events)
    there = run(gpu_graph(options, outputs=outputs), [("image", 0, on_gpu(PIXELS))])
    assert there["letterbox_padding"] == on_cpu["letterbox_padding"]
    assert there["matrix"] == on_cpu["matrix"]
    assert there["tensor"][0][1].shape == (1, 8, 8, 3)


def test_what_the_gpu_cannot_sample(run: Any, on_gpu: Any) -> None:
    integers = "output_tensor_uint_range { min: 0 max: 255 }"
    with pytest.raises(ValueError, match="doesn't support quantization"):
        run(gpu_graph(integers))
    with pytest.raises(ValueError, match="doesn't support quantization"):
        run(graph(integers), [("image", 0, Image.from_gpu_buffer(on_gpu(PIXELS)))])
    with pytest.raises(ValueError, match="passed format: VEC32F1"):
        run(gpu_graph(), [("image", 0, on_gpu(np.zeros((2, 2), np.float32)))])
    both = graph().replace('"IMAGE:image"', '"IMAGE:image" input_stream: "IMAGE_GPU:image"')
    with pytest.raises(ValueError, match="exactly one of the input streams IMAGE and IMAGE_GPU"):
        run(both)
