from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image import Image
from mpgraph.gpu import upload
from mpgraph.testing import CalculatorRunner, run, t

NAME = "LookAroundCalculator"
STILL = Image.wrap(np.random.default_rng(0).integers(60, 90, (180, 320, 3), np.uint8))
OTHER = Image.wrap(np.full((180, 320, 3), 250, np.uint8))
MASK = Image.wrap(np.zeros((180, 320), np.float32))
SIZE = (1280, 720)


def sent(images: list[Any], options: str = "every: 4", size: Any = SIZE, **setup: Any) -> CalculatorRunner:
    node = run(NAME, options, inputs=["IMAGE", "SIZE", "MASK_PREVIOUS"], unread=False, **setup)
    for time, image in enumerate(images):
        node.send("SIZE", size @ t(time)).send("MASK_PREVIOUS", MASK @ t(time)).send("IMAGE", image @ t(time))
    return node


def times(node: CalculatorRunner, port: str) -> list[int]:
    return [packet.timestamp.value for packet in node.take(port)]


def test_looks_at_first_and_every_so_often() -> None:
    node = sent([STILL] * 10)
    assert times(node, "NORM_RECT") == [0, 4, 8]
    assert times(node, "MASK_PREVIOUS") == [*range(1, 10)]


def test_the_people_before_a_cut_are_dropped() -> None:
    node = sent([STILL, STILL, OTHER, OTHER])
    assert times(node, "NORM_RECT") == [0, 2]
    assert times(node, "MASK_PREVIOUS") == [1, 3]


def test_images_that_do_not_belong_together_are_all_searched() -> None:
    node = sent([STILL] * 3, side={"USE_PREVIOUS": False})
    assert times(node, "NORM_RECT") == [0, 1, 2]
    assert times(node, "MASK_PREVIOUS") == []


def test_the_rectangle_is_wide_and_surrounds_the_image() -> None:
    [packet] = sent([STILL], size=(720, 1280)).take("NORM_RECT")
    rect = packet.payload
    assert (rect.height, rect.x_center, rect.y_center) == (1, 0.5, 0.5)
    assert rect.width * 720 / 1280 == pytest.approx(16 / 9)


def test_decisions_are_the_same_on_the_gpu() -> None:
    moved = STILL.pixels.copy()
    moved[60:120, 100:160] = 250
    images = [STILL, STILL, Image.wrap(moved), OTHER]
    on_gpu = [Image.from_gpu_buffer(upload(image)) for image in images]
    one, other = sent(images, "every: 15"), sent(on_gpu, "every: 15")
    assert times(one, "NORM_RECT") == times(other, "NORM_RECT") == [0, 2, 3]


@pytest.mark.parametrize(
    ("options", "message"), [("every: 0", "at least 1"), ("motion: -1", "must not be negative")]
)
def test_options_are_checked(options: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        sent([STILL], options).take("NORM_RECT")
