from __future__ import annotations

import numpy as np

from mpgraph.errors import InternalError
from mpgraph.testing import normalized_rect, run, t

NAME = "RectToRenderScaleCalculator"


def test_longer_side_in_pixels() -> None:
    node = run(NAME, "multiplier: 0.125")
    node.send("NORM_RECT", normalized_rect(width=0.5, height=0.5) @ t(1)).send(
        "IMAGE_SIZE", (640, 480) @ t(1)
    )
    node.send("NORM_RECT", normalized_rect(width=0.25, height=0.5) @ t(2)).send(
        "IMAGE_SIZE", (640, 480) @ t(2)
    )
    node.expect("RENDER_SCALE", 40.0 @ t(1), 30.0 @ t(2))


def test_multiplier_without_a_rectangle() -> None:
    node = run(NAME).send("IMAGE_SIZE", (640, 480) @ t(1)).bound("NORM_RECT", 2)
    node.expect("RENDER_SCALE", float(np.float32(0.01)) @ t(1))


def test_settled_times_are_processed_on_request() -> None:
    node = run(NAME, "process_timestamp_bounds: true multiplier: 2")
    node.bound("IMAGE_SIZE", 2).bound("NORM_RECT", 2).expect("RENDER_SCALE", 2.0 @ t(1))
    run(NAME).bound("IMAGE_SIZE", 2).bound("NORM_RECT", 2).expect_nothing("RENDER_SCALE")


def test_rectangle_without_a_size() -> None:
    node = run(NAME).send("NORM_RECT", normalized_rect() @ t(1)).bound("IMAGE_SIZE", 2)
    node.expect_error("no IMAGE_SIZE at the same time", InternalError)
