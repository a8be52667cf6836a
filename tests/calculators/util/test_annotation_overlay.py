from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format

from mpgraph.errors import UnknownError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.protos import render_data_pb2
from mpgraph.testing import run, solid, t

NAME = "AnnotationOverlayCalculator"
RED = "color { r: 255 }"
BOX = "left: 2 top: 3 right: 7 bottom: 9"


def shapes(*annotations: str) -> Any:
    text = " ".join(f"render_annotations {{ {annotation} }}" for annotation in annotations)
    return text_format.Parse(text, render_data_pb2.RenderData())


def drawn(*annotations: str, size: tuple[int, int] = (12, 16), options: str = "") -> Any:
    """The red channel of shapes drawn on black."""
    canvas = f"canvas_width_px: {size[1]} canvas_height_px: {size[0]} {options}"
    [packet] = run(NAME, canvas, outputs=["IMAGE"]).send("", shapes(*annotations) @ t(0)).take("IMAGE")
    return packet.payload.pixels[:, :, 0]


def filled(left: int, top: int, right: int, bottom: int, size: tuple[int, int] = (12, 16)) -> Any:
    canvas = np.zeros(size, np.uint8)
    canvas[top:bottom, left:right] = 255
    return canvas


@pytest.mark.parametrize(
    "box",
    [
        BOX,
        "left: 2.9 top: 3.9 right: 7.9 bottom: 9.9",  # Pixels are truncated,
        "left: 0.1 top: 0.26 right: 0.43 bottom: 0.76 normalized: true",  # fractions are rounded.
    ],
)
def test_filled_rectangle(box: str) -> None:
    assert np.array_equal(drawn(f"filled_rectangle {{ rectangle {{ {box} }} }} {RED}"), filled(2, 3, 7, 9))


def test_rectangle_with_a_thickness() -> None:
    thin = drawn(f"rectangle {{ {BOX} }} {RED}")
    assert np.array_equal(thin, filled(2, 3, 7, 9) - filled(3, 4, 6, 8))
    assert np.array_equal(thin, drawn(f"rectangle {{ {BOX} }} thickness: -4 {RED}"))
    wide = "left: 2 top: 2 right: 14 bottom: 11"
    thick = drawn(f"rectangle {{ {wide} }} thickness: 2.5 {RED}")
    assert np.array_equal(thick, drawn(f"rectangle {{ {wide} }} thickness: 3 {RED}"))
    assert thick[6, 1:4].all() and not thick[6, 5:11].any()
    assert not drawn(f"rectangle {{ left: 7 right: 2 top: 9 bottom: 3 }} {RED}").any()


def test_rotated_rectangle_and_its_top_left_corner() -> None:
    rotated = "left: 4 right: 12 top: 4 bottom: 8 rotation: 1.5707963267948966"
    outline = drawn(f"rectangle {{ {rotated} }} {RED}")
    assert np.array_equal(
        outline[2:11, 6:11], filled(6, 2, 11, 11)[2:11, 6:11] - filled(7, 3, 10, 10)[2:11, 6:11]
    )
    inside = drawn(f"filled_rectangle {{ rectangle {{ {rotated} }} }} {RED}")
    assert np.array_equal(inside, filled(6, 2, 11, 11))
    dot = drawn(f"rectangle {{ {BOX} top_left_thickness: 2 }} {RED}")
    assert dot[3, 0] and dot[1, 2] and not dot[5, 4]


def test_rounded_rectangles() -> None:
    rounded = "rectangle { left: 2 top: 2 right: 13 bottom: 10 } corner_radius: 3"
    outline = drawn(f"rounded_rectangle {{ {rounded} }} {RED}")
    inside = drawn(f"filled_rounded_rectangle {{ rounded_rectangle {{ {rounded} }} }} {RED}")
    for image in (outline, inside):
        assert not image[2, 2] and not image[10, 2]  # The corners,
        assert image[2, 5:11].all() and image[5:8, 13].all()  # the sides,
        assert np.array_equal(np.flatnonzero(image.any(0)), np.arange(2, 14))
    assert not outline[6, 7] and inside[6, 7]
    assert (inside >= outline).all()


def test_ovals() -> None:
    box = "rectangle { left: 2 top: 2 right: 12 bottom: 8 }"
    outline = drawn(f"oval {{ {box} }} {RED}")
    inside = drawn(f"filled_oval {{ oval {{ {box} }} }} {RED}")
    for image in (outline, inside):
        assert image[5, 2] and image[5, 12] and image[2, 7] and image[8, 7] and not image[2, 2]
    assert not outline[5, 7] and inside[5, 7]
    flat = drawn(f"filled_oval {{ oval {{ rectangle {{ left: 9 right: 3 top: 4 bottom: 4 }} }} }} {RED}")
    assert np.argwhere(flat).tolist() == [[4, 6]]


def test_points_and_scribbles() -> None:
    dot = drawn(f"point {{ x: 5 y: 6 }} {RED}")
    assert sorted(map(tuple, np.argwhere(dot).tolist())) == [(5, 5), (6, 4), (6, 5), (6, 6), (7, 5)]
    second = drawn(f"point {{ x: 0.75 y: 0.25 normalized: true }} {RED}")
    points = "point { x: 5 y: 6 } point { x: 0.75 y: 0.25 normalized: true }"
    assert np.array_equal(drawn(f"scribble {{ {points} }} {RED}"), dot | second)


def test_lines_and_arrows() -> None:
    endpoints = "x_start: 2 y_start: 5 x_end: 12 y_end: 5"
    line = drawn(f"line {{ {endpoints} }} {RED}")
    assert np.array_equal(line, filled(2, 5, 13, 6))
    arrow = drawn(f"arrow {{ {endpoints} }} {RED}")
    assert np.argwhere(arrow ^ line).tolist() == [[3, 10], [4, 11], [6, 11], [7, 10]]
    nowhere = drawn(f"arrow {{ x_start: 4 y_start: 4 x_end: 4 y_end: 4 }} {RED}")
    assert np.argwhere(nowhere).tolist() == [[4, 4]]


def test_gradient_line() -> None:
    colors = "color1 { r: 200 } color2 { r: 100 }"
    line = drawn(f"gradient_line {{ x_start: 2 y_start: 4 x_end: 11 y_end: 4 {colors} }}")
    assert line[4, 2:12].tolist() == list(range(200, 100, -10))
    steps = drawn(f"gradient_line {{ x_start: 3 y_start: 9 x_end: 1 y_end: 8 {colors} }}")
    assert np.argwhere(steps).tolist() == [[8, 1], [8, 2], [9, 2], [9, 3]]
    thick = drawn(f"gradient_line {{ x_start: 20 y_start: 4 x_end: 14 y_end: 4 {colors} }} thickness: 2")
    assert np.argwhere(thick).tolist() == [[4, 14], [4, 15], [5, 14], [5, 15]]
    outside = f"gradient_line {{ x_start: 3 y_start: -9 x_end: 1 y_end: -8 {colors} }}"
    assert not drawn(outside).any()


def extent(image: Any) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(image.any(1)), np.flatnonzero(image.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def test_text_is_drawn_on_its_baseline() -> None:
    text = 'display_text: "HH" left: 50 baseline: 40 font_height: 30'
    left, top, right, bottom = extent(drawn(f"text {{ {text} }} {RED}", size=(80, 160)))
    assert 48 <= left <= 58 and abs(bottom - 40) <= 3 and 10 <= top <= 30
    middle = extent(
        drawn(f"text {{ {text} center_horizontally: true center_vertically: true }} {RED}", size=(80, 160))
    )
    assert abs((middle[0] + middle[2]) / 2 - 50) <= 5 and abs((middle[1] + middle[3]) / 2 - 40) <= 5
    parts = 'display_text: "HH" left: 0.3125 baseline: 0.5 font_height: 0.375 normalized: true'
    assert extent(drawn(f"text {{ {parts} }} {RED}", size=(80, 160))) == (left, top, right, bottom)


def test_text_with_an_outline_and_upside_down() -> None:
    text = 'display_text: "LL" left: 50 baseline: 40 font_height: 30'
    plain = drawn(f"text {{ {text} }} {RED}", size=(80, 160))
    outlined = f"text {{ {text} outline_thickness: 2 outline_color {{ r: 90 }} }} {RED}"
    ringed = drawn(outlined, size=(80, 160))
    assert (ringed[plain == 255] == 255).all() and (ringed == 90).any()
    flipped = drawn(f"text {{ {text} }} {RED}", size=(80, 160), options="flip_text_vertically: true")
    assert flipped.any() and not np.array_equal(flipped, plain)


def test_inputs_are_drawn_in_order() -> None:
    def dot(green: int) -> Any:
        return shapes(f"point {{ x: 2 y: 2 }} color {{ g: {green} }}")

    image = ImageFrame.wrap(np.full((5, 5, 4), 7, np.uint8))
    node = run(NAME, inputs=[":0", "IMAGE", "VECTOR:0", "VECTOR:1", ":1"], outputs=["IMAGE"])
    node.send("IMAGE", image @ t(3)).send(":0", dot(10) @ t(3)).bound("VECTOR:1", 4)
    node.send("VECTOR", [dot(30), dot(40)] @ t(3)).send(":1", dot(20) @ t(3))
    [packet] = node.take("IMAGE")
    out = packet.payload
    assert packet.timestamp.value == 3 and out.image_format is ImageFormat.SRGBA
    assert out.pixels[2, 2].tolist() == [0, 40, 0, 0] and out.pixels[0, 0].tolist() == [7, 7, 7, 7]
    assert (image.pixels == 7).all()


def test_text_on_an_image_with_alpha() -> None:
    """As all that is drawn, with alpha 0, whether OpenCV's letters are soft (version 5) or not."""
    text = shapes(
        'text { display_text: "I" left: 5 baseline: 30 font_height: 25 } color { g: 200 } thickness: 4'
    )
    pixels = np.full((40, 20, 4), 255, np.uint8)
    node = run(NAME, outputs=["IMAGE"]).send("IMAGE", ImageFrame.wrap(pixels) @ t(0)).send("", text @ t(0))
    [packet] = node.take("IMAGE")
    drawn_pixels = (packet.payload.pixels != 255).any(axis=2)
    assert packet.payload.pixels[20, drawn_pixels[20]].min(axis=0).tolist() == [0, 200, 0, 0]
    assert (packet.payload.pixels[~drawn_pixels] == 255).all()


def test_gray_images_become_srgb() -> None:
    node = run(NAME, outputs=["IMAGE"]).send("IMAGE", solid(9, 6, 5, ImageFormat.GRAY8) @ t(0))
    node.send("", shapes(f"point {{ x: 9 y: 9 }} {RED}") @ t(0)).expect("IMAGE", solid(9, 6, 5) @ t(0))


def test_image_is_required_at_a_timestamp_and_shapes_are_not() -> None:
    point = shapes(f"point {{ x: 1 y: 1 }} {RED}")
    node = run(NAME, outputs=["IMAGE"]).send("", point @ t(0), point @ t(2))
    node.send("IMAGE", solid(9, 6, 5) @ t(1), solid(9, 6, 5) @ t(2)).expect("IMAGE", solid(9, 6, 5) @ t(1))
    node.expect("IMAGE", (lambda frame: bool((frame.pixels != 9).any())) @ t(2))


def test_color_of_the_canvas() -> None:
    options = "canvas_width_px: 3 canvas_height_px: 2 canvas_color { r: 300 g: 5 } gpu_scale_factor: 0.5"
    run(NAME, options).send("", shapes() @ t(0)).expect("IMAGE", solid((255, 5, 0), 3, 2) @ t(0))


@pytest.mark.parametrize("options", ["", "canvas_width_px: 3", "canvas_width_px: 3 canvas_height_px: 0"])
def test_canvas_needs_a_size(options: str) -> None:
    name = "canvas_height_px" if options else "canvas_width_px"
    run(NAME, options, inputs=[""], outputs=["IMAGE"]).expect_error(f"{name} must be set", RuntimeError)


def test_unsupported_formats_are_reported() -> None:
    node = run(NAME, outputs=["IMAGE"]).send("IMAGE", ImageFrame.wrap(np.zeros((2, 2), np.float32)) @ t(0))
    node.expect_error("Unexpected image frame format", UnknownError)


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (RED, "Unknown annotation type"),
        ("oval { rectangle { left: 9 right: 2 } }", "oval cannot be drawn"),
        ("point { x: nan }", "must be a finite number"),
        ("line { x_end: inf normalized: true }", "must be a finite number"),
    ],
)
def test_impossible_annotations_are_reported(annotation: str, message: str) -> None:
    node = run(NAME, "canvas_width_px: 16 canvas_height_px: 12", outputs=["IMAGE"])
    node.send("", shapes(annotation) @ t(0)).expect_error(message, ValueError)


def test_huge_coordinates_are_clamped() -> None:
    far = "left: -1e300 top: -1e300 right: 1e300 bottom: 1e300"
    assert drawn(f"filled_rectangle {{ rectangle {{ {far} }} }} {RED}").all()
    for shape in (
        f"rectangle {{ {far} rotation: 1 top_left_thickness: 1e300 }}",
        f"rounded_rectangle {{ rectangle {{ {far} }} corner_radius: 2147483647 }}",
        "gradient_line { x_start: -1e300 x_end: 1e300 }",
        "arrow { x_start: -1e300 x_end: 1e300 }",
        'text { display_text: "a" font_height: 1e300 }',
    ):
        drawn(f"{shape} thickness: 1e9")


SHAPES = [
    f"filled_rectangle {{ rectangle {{ {BOX} }} }} color {{ r: 2 g: 2 b: 2 }}",
    f"rounded_rectangle {{ rectangle {{ {BOX} }} corner_radius: 3 line_type: 16 }} color {{ g: 200 }}",
    'text { display_text: "gpu" left: 5 baseline: 30 font_height: 15 } color { r: 90 b: 255 }',
]


def overlaid(image: Any, tag: str, options: str = "") -> Any:
    node = run(NAME, options, outputs=[tag]).send(tag, image @ t(0))
    [packet] = node.send("", shapes(*SHAPES) @ t(0)).take(tag)
    return packet.payload


def test_gpu_draws_as_the_cpu_does(on_gpu: Any, natural: Any) -> None:
    """Soft edges included: the kernel mixes them with the image, where OpenCV rounds after each stroke."""
    pixels = np.ascontiguousarray(natural(40, 64)[:, :, :3])
    expected = overlaid(ImageFrame.wrap(pixels), "IMAGE").pixels.astype(int)
    found = overlaid(on_gpu(pixels), "IMAGE_GPU").to_frame().pixels
    assert np.abs(found[:, :, :3] - expected).max() <= 3 and (found[:, :, 3] == 255).all()
    assert (np.abs(expected - pixels).max(-1) > 0).mean() > 0.05


def test_gpu_image_with_its_origin_at_the_bottom(on_gpu: Any, natural: Any) -> None:
    pixels = np.ascontiguousarray(natural(40, 64)[:, :, :3])
    expected = overlaid(on_gpu(pixels), "IMAGE_GPU").to_frame().pixels
    flipped = on_gpu(np.ascontiguousarray(pixels[::-1]))
    found = overlaid(flipped, "IMAGE_GPU", "gpu_uses_top_left_origin: false").to_frame().pixels
    np.testing.assert_array_equal(found[::-1], expected)


def test_gpu_image_is_required_at_a_timestamp_and_of_bytes(on_gpu: Any) -> None:
    node = run(NAME, inputs=["", "IMAGE_GPU"], outputs=["IMAGE_GPU"]).send("", shapes(*SHAPES) @ t(0))
    node.bound("IMAGE_GPU", 1).expect_nothing("IMAGE_GPU")
    node = run(NAME, outputs=["IMAGE_GPU"]).send("IMAGE_GPU", on_gpu(np.zeros((2, 2), np.float32)) @ t(0))
    node.expect_error("not VEC32F1", UnknownError)


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["IMAGE"], "IMAGE_GPU", "CPU and GPU ports cannot be mixed: IMAGE and IMAGE_GPU"),
        ([""], "IMAGE_GPU", "there is no blank canvas on the GPU"),
    ],
)
def test_ports_of_both_devices_are_refused(inputs: list[str], output: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, inputs=inputs, outputs=[output])
