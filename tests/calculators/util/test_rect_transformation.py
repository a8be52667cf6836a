from __future__ import annotations

import math

import pytest

from mpgraph.protos.rect_pb2 import NormalizedRect, Rect
from mpgraph.testing import run, t

NAME = "RectTransformationCalculator"
HALF = NormalizedRect(x_center=0.5, y_center=0.5, width=0.2, height=0.2)


def test_long_side_is_measured_in_pixels() -> None:
    node = run(NAME, "square_long: true", inputs=["NORM_RECT", "IMAGE_SIZE"], outputs=[""])
    node.send("IMAGE_SIZE", (100, 200) @ t(0)).send("NORM_RECT", HALF @ t(0))
    node.expect("", NormalizedRect(x_center=0.5, y_center=0.5, width=0.4, height=0.2) @ t(0))


def test_short_side_and_scale() -> None:
    node = run(
        NAME, "square_short: true scale_x: 2 scale_y: 3", inputs=["NORM_RECTS", "IMAGE_SIZE"], outputs=[""]
    )
    node.send("IMAGE_SIZE", (100, 200) @ t(0)).send("NORM_RECTS", [HALF, HALF] @ t(0))
    scaled = NormalizedRect(x_center=0.5, y_center=0.5, width=0.4, height=0.3)
    node.expect("", [scaled, scaled] @ t(0))


def test_shift_follows_the_rotation_which_stays() -> None:
    turned = NormalizedRect(
        x_center=0.5, y_center=0.5, width=0.2, height=0.4, rotation=math.pi / 2, rect_id=7
    )
    node = run(NAME, "shift_y: 0.5", inputs=["NORM_RECT", "IMAGE_SIZE"], outputs=[""])
    node.send("IMAGE_SIZE", (100, 200) @ t(0)).send("NORM_RECT", turned @ t(0))
    turned.x_center = 0.1
    node.expect("", turned @ t(0))


def test_option_rotation_turns_only_the_shift() -> None:
    node = run(NAME, "shift_x: 0.5 rotation_degrees: 90", inputs=["NORM_RECT", "IMAGE_SIZE"], outputs=[""])
    node.send("IMAGE_SIZE", (100, 100) @ t(0)).send("NORM_RECT", HALF @ t(0))
    node.expect("", NormalizedRect(x_center=0.5, y_center=0.6, width=0.2, height=0.2) @ t(0))


def test_pixels_are_cut_off_to_integers() -> None:
    rect = Rect(x_center=10, y_center=20, width=5, height=3)
    node = run(NAME, "shift_x: 0.5 scale_x: 1.5 square_long: true", inputs=["RECT"], outputs=[""])
    node.send("RECT", rect @ t(0)).expect("", Rect(x_center=12, y_center=20, width=7, height=5) @ t(0))
    node = run(NAME, "scale_y: 2", inputs=["RECTS"], outputs=[""])
    node.send("RECTS", [rect] @ t(0))
    node.expect("", [Rect(x_center=10, y_center=20, width=5, height=6)] @ t(0))


def test_input_rect_does_not_change() -> None:
    rect = NormalizedRect(x_center=0.5, y_center=0.5, width=0.2, height=0.2)
    node = run(NAME, "scale_x: 2", inputs=["NORM_RECT", "IMAGE_SIZE"], outputs=[""], unread=False)
    node.send("IMAGE_SIZE", (100, 200) @ t(0)).send("NORM_RECT", rect @ t(0))
    assert rect == HALF


def test_nothing_is_sent_without_image_size() -> None:
    node = run(NAME, inputs=["NORM_RECT", "IMAGE_SIZE"], outputs=[""])
    node.send("NORM_RECT", HALF @ t(0)).bound("IMAGE_SIZE", 1).settles("", 0)


@pytest.mark.parametrize(
    ("options", "inputs", "message"),
    [
        ("", ["RECT", "RECTS"], "exactly one"),
        ("", ["NORM_RECT"], "IMAGE_SIZE"),
        ("rotation: 1 rotation_degrees: 1", ["RECT"], "only one of rotation"),
        ("square_long: true square_short: true", ["RECT"], "only one of square_long"),
    ],
)
def test_contract_refuses(options: str, inputs: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=inputs, outputs=[""])
