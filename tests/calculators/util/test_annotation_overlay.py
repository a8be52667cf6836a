from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from google.protobuf import text_format

from mpgraph import packet_creator
from mpgraph.errors import UnknownError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.protos import render_data_pb2

RED = "color { r: 255 }"
BOX = "left: 2 top: 3 right: 7 bottom: 9"


def graph(inputs: str = "", options: str = "") -> str:
    ports = " ".join(f'input_stream: "{port}"' for port in inputs.split())
    streams = " ".join(f'input_stream: "{port.rpartition(":")[2]}"' for port in inputs.split())
    return f"""
        {streams} output_stream: "out"
        node {{
          calculator: "AnnotationOverlayCalculator" {ports} output_stream: "IMAGE:out"
          options {{ [mediapipe.AnnotationOverlayCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def shapes(*annotations: str) -> Any:
    text = " ".join(f"render_annotations {{ {annotation} }}" for annotation in annotations)
    return text_format.Parse(text, render_data_pb2.RenderData())


def drawn(run: Any, *annotations: str, size: tuple[int, int] = (12, 16), options: str = "") -> Any:
    """The red channel of what is drawn on black."""
    canvas = f"canvas_width_px: {size[1]} canvas_height_px: {size[0]} {options}"
    [(_, out)] = run(graph("a", canvas), [("a", 0, shapes(*annotations))])["out"]
    return out.pixels[:, :, 0]


def filled(left: int, top: int, right: int, bottom: int, size: tuple[int, int] = (12, 16)) -> Any:
    made = np.zeros(size, np.uint8)
    made[top:bottom, left:right] = 255
    return made


@pytest.mark.parametrize(
    "box",
    [
        BOX,
        "left: 2.9 top: 3.9 right: 7.9 bottom: 9.9",  # Pixels are cut,
        "left: 0.1 top: 0.26 right: 0.43 bottom: 0.76 normalized: true",  # parts are rounded.
    ],
)
def test_a_filled_rectangle(run: Any, box: str) -> None:
    assert np.array_equal(
        drawn(run, f"filled_rectangle {{ rectangle {{ {box} }} }} {RED}"), filled(2, 3, 7, 9)
    )


def test_a_rectangle_of_a_thickness(run: Any) -> None:
    thin = drawn(run, f"rectangle {{ {BOX} }} {RED}")
    assert np.array_equal(thin, filled(2, 3, 7, 9) - filled(3, 4, 6, 8))
    assert np.array_equal(thin, drawn(run, f"rectangle {{ {BOX} }} thickness: -4 {RED}"))
    wide = "left: 2 top: 2 right: 14 bottom: 11"
    thick = drawn(run, f"rectangle {{ {wide} }} thickness: 2.5 {RED}")
    assert np.array_equal(thick, drawn(run, f"rectangle {{ {wide} }} thickness: 3 {RED}"))
    assert thick[6, 1:4].all() and not thick[6, 5:11].any()
    assert not drawn(run, f"rectangle {{ left: 7 right: 2 top: 9 bottom: 3 }} {RED}").any()


def test_a_turned_rectangle_and_its_first_corner(run: Any) -> None:
    turned = "left: 4 right: 12 top: 4 bottom: 8 rotation: 1.5707963267948966"
    outline = drawn(run, f"rectangle {{ {turned} }} {RED}")
    assert np.array_equal(
        outline[2:11, 6:11], filled(6, 2, 11, 11)[2:11, 6:11] - filled(7, 3, 10, 10)[2:11, 6:11]
    )
    inside = drawn(run, f"filled_rectangle {{ rectangle {{ {turned} }} }} {RED}")
    assert np.array_equal(inside, filled(6, 2, 11, 11))
    dot = drawn(run, f"rectangle {{ {BOX} top_left_thickness: 2 }} {RED}")
    assert dot[3, 0] and dot[1, 2] and not dot[5, 4]


def test_rounded_rectangles(run: Any) -> None:
    rounded = "rectangle { left: 2 top: 2 right: 13 bottom: 10 } corner_radius: 3"
    outline = drawn(run, f"rounded_rectangle {{ {rounded} }} {RED}")
    inside = drawn(run, f"filled_rounded_rectangle {{ rounded_rectangle {{ {rounded} }} }} {RED}")
    for picture in (outline, inside):
        assert not picture[2, 2] and not picture[10, 2]  # The corners,
        assert picture[2, 5:11].all() and picture[5:8, 13].all()  # the sides,
        assert np.array_equal(np.flatnonzero(picture.any(0)), np.arange(2, 14))
    assert not outline[6, 7] and inside[6, 7]
    assert (inside >= outline).all()


def test_ovals(run: Any) -> None:
    box = "rectangle { left: 2 top: 2 right: 12 bottom: 8 }"
    outline = drawn(run, f"oval {{ {box} }} {RED}")
    inside = drawn(run, f"filled_oval {{ oval {{ {box} }} }} {RED}")
    for picture in (outline, inside):
        assert picture[5, 2] and picture[5, 12] and picture[2, 7] and picture[8, 7] and not picture[2, 2]
    assert not outline[5, 7] and inside[5, 7]
    flat = drawn(run, f"filled_oval {{ oval {{ rectangle {{ left: 9 right: 3 top: 4 bottom: 4 }} }} }} {RED}")
    assert np.argwhere(flat).tolist() == [[4, 6]]


def test_points_and_scribbles(run: Any) -> None:
    dot = drawn(run, f"point {{ x: 5 y: 6 }} {RED}")
    assert sorted(map(tuple, np.argwhere(dot).tolist())) == [(5, 5), (6, 4), (6, 5), (6, 6), (7, 5)]
    second = drawn(run, f"point {{ x: 0.75 y: 0.25 normalized: true }} {RED}")
    points = "point { x: 5 y: 6 } point { x: 0.75 y: 0.25 normalized: true }"
    assert np.array_equal(drawn(run, f"scribble {{ {points} }} {RED}"), dot | second)


def test_lines_and_arrows(run: Any) -> None:
    ends = "x_start: 2 y_start: 5 x_end: 12 y_end: 5"
    line = drawn(run, f"line {{ {ends} }} {RED}")
    assert np.array_equal(line, filled(2, 5, 13, 6))
    arrow = drawn(run, f"arrow {{ {ends} }} {RED}")
    assert np.argwhere(arrow ^ line).tolist() == [[3, 10], [4, 11], [6, 11], [7, 10]]
    nowhere = drawn(run, f"arrow {{ x_start: 4 y_start: 4 x_end: 4 y_end: 4 }} {RED}")
    assert np.argwhere(nowhere).tolist() == [[4, 4]]


def test_a_line_from_one_color_to_another(run: Any) -> None:
    colors = "color1 { r: 200 } color2 { r: 100 }"
    line = drawn(run, f"gradient_line {{ x_start: 2 y_start: 4 x_end: 11 y_end: 4 {colors} }}")
    assert line[4, 2:12].tolist() == list(range(200, 100, -10))
    steps = drawn(run, f"gradient_line {{ x_start: 3 y_start: 9 x_end: 1 y_end: 8 {colors} }}")
    assert np.argwhere(steps).tolist() == [[8, 1], [8, 2], [9, 2], [9, 3]]
    thick = drawn(run, f"gradient_line {{ x_start: 20 y_start: 4 x_end: 14 y_end: 4 {colors} }} thickness: 2")
    assert np.argwhere(thick).tolist() == [[4, 14], [4, 15], [5, 14], [5, 15]]
    outside = f"gradient_line {{ x_start: 3 y_start: -9 x_end: 1 y_end: -8 {colors} }}"
    assert not drawn(run, outside).any()


def extent(picture: Any) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def test_text_stands_on_its_base_line(run: Any) -> None:
    text = 'display_text: "HH" left: 50 baseline: 40 font_height: 30'
    left, top, right, bottom = extent(drawn(run, f"text {{ {text} }} {RED}", size=(80, 160)))
    assert 48 <= left <= 58 and abs(bottom - 40) <= 3 and 10 <= top <= 30
    middle = extent(
        drawn(
            run, f"text {{ {text} center_horizontally: true center_vertically: true }} {RED}", size=(80, 160)
        )
    )
    assert abs((middle[0] + middle[2]) / 2 - 50) <= 5 and abs((middle[1] + middle[3]) / 2 - 40) <= 5
    parts = 'display_text: "HH" left: 0.3125 baseline: 0.5 font_height: 0.375 normalized: true'
    assert extent(drawn(run, f"text {{ {parts} }} {RED}", size=(80, 160))) == (left, top, right, bottom)


def test_text_with_an_outline_or_upside_down(run: Any) -> None:
    text = 'display_text: "LL" left: 50 baseline: 40 font_height: 30'
    plain = drawn(run, f"text {{ {text} }} {RED}", size=(80, 160))
    outlined = f"text {{ {text} outline_thickness: 2 outline_color {{ r: 90 }} }} {RED}"
    ringed = drawn(run, outlined, size=(80, 160))
    assert (ringed[plain == 255] == 255).all() and (ringed == 90).any()
    flipped = drawn(run, f"text {{ {text} }} {RED}", size=(80, 160), options="flip_text_vertically: true")
    assert flipped.any() and not np.array_equal(flipped, plain)


def test_order_and_kinds_of_inputs(run: Any) -> None:
    text = graph("b IMAGE:i VECTOR:0:v VECTOR:1:w a")

    def dot(green: int) -> Any:
        return shapes(f"point {{ x: 2 y: 2 }} color {{ g: {green} }}")

    image = ImageFrame.wrap(np.full((5, 5, 4), 7, np.uint8))
    several = packet_creator.create_proto_vector([dot(30), dot(40)])
    [(t, out)] = run(
        text, [("i", 3, image), ("b", 3, dot(10)), ("v", 3, several), ("w", 3, None), ("a", 3, dot(20))]
    )["out"]
    assert t == 3 and out.image_format is ImageFormat.SRGBA
    assert out.pixels[2, 2].tolist() == [0, 40, 0, 0] and out.pixels[0, 0].tolist() == [7, 7, 7, 7]
    assert (image.pixels == 7).all()


def test_gray_pictures_come_out_in_color(run: Any) -> None:
    image = ImageFrame.wrap(np.full((5, 6), 9, np.uint8))
    out = run(graph("IMAGE:i a"), [("i", 0, image), ("a", 0, shapes(f"point {{ x: 9 y: 9 }} {RED}"))])["out"]
    assert out[0][1].image_format is ImageFormat.SRGB and (out[0][1].pixels == 9).all()


def test_without_a_picture_or_data(run: Any) -> None:
    image = ImageFrame.wrap(np.full((5, 6, 3), 9, np.uint8))
    point = shapes(f"point {{ x: 1 y: 1 }} {RED}")
    events = [("i", 0, None), ("a", 0, point), ("i", 1, image), ("a", 2, point), ("i", 2, image)]
    out = run(graph("IMAGE:i a"), events)["out"]
    assert [(t, bool((frame.pixels == 9).all())) for t, frame in out] == [(1, True), (2, False)]


def test_the_color_of_the_canvas(run: Any) -> None:
    options = "canvas_width_px: 3 canvas_height_px: 2 canvas_color { r: 300 g: 5 } gpu_scale_factor: 0.5"
    [(_, out)] = run(graph("a", options), [("a", 0, shapes())])["out"]
    assert out.pixels.tolist() == [[[255, 5, 0]] * 3] * 2


@pytest.mark.parametrize("options", ["", "canvas_width_px: 3", "canvas_width_px: 3 canvas_height_px: 0"])
def test_a_canvas_needs_a_size(run: Any, options: str) -> None:
    with pytest.raises(RuntimeError, match="canvas_(width|height)_px must be set"):
        run(graph("a", options))


def test_pictures_of_other_formats_are_refused(run: Any) -> None:
    image = ImageFrame.wrap(np.zeros((2, 2), np.float32))
    with pytest.raises(UnknownError, match="Unexpected image frame format.*VEC32F1"):
        run(graph("IMAGE:i"), [("i", 0, image)])


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        (RED, "Unknown annotation type"),
        ("oval { rectangle { left: 9 right: 2 } }", "oval cannot be drawn"),
        ("point { x: nan }", "must be a finite number"),
        ("line { x_end: inf normalized: true }", "must be a finite number"),
    ],
)
def test_what_cannot_be_drawn_is_refused(run: Any, annotation: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        drawn(run, annotation)


def test_far_coordinates_do_no_harm(run: Any) -> None:
    far = "left: -1e300 top: -1e300 right: 1e300 bottom: 1e300"
    assert drawn(run, f"filled_rectangle {{ rectangle {{ {far} }} }} {RED}").all()
    for shape in (
        f"rectangle {{ {far} rotation: 1 top_left_thickness: 1e300 }}",
        f"rounded_rectangle {{ rectangle {{ {far} }} corner_radius: 2147483647 }}",
        "gradient_line { x_start: -1e300 x_end: 1e300 }",
        "arrow { x_start: -1e300 x_end: 1e300 }",
        'text { display_text: "a" font_height: 1e300 }',
    ):
        drawn(run, f"{shape} thickness: 1e9")
