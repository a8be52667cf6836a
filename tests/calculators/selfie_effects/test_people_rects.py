from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image import Image
from mpgraph.gpu import upload
from mpgraph.testing import run, t

NAME = "PeopleRectsCalculator"
SIZE = (1280, 720)


def mask(left: int, top: int, right: int, bottom: int, shape: Any = (180, 320)) -> Image:
    values = np.zeros(shape, np.float32)
    values[top:bottom, left:right] = 1
    return Image.wrap(values)


NOBODY = mask(0, 0, 0, 0)
SOMEBODY = mask(100, 60, 160, 180)


def rects(
    previous: Image | None,
    whole: Image | None,
    options: str = "",
    size: Any = SIZE,
    port: str = "NORM_RECTS",
    **setup: Any,
) -> list[Any]:
    node = run(NAME, options, inputs=["SIZE", "MASK_PREVIOUS", "MASK_WHOLE"], unread=False, **setup)
    for name, image in (("MASK_PREVIOUS", previous), ("MASK_WHOLE", whole)):
        if image is None:
            node.bound(name, 1)
        else:
            node.send(name, image @ t(0))
    [packet] = node.send("SIZE", size @ t(0)).take(port)
    found: list[Any] = packet.payload
    return found


@pytest.mark.parametrize(("previous", "whole"), [(None, None), (NOBODY, None), (None, NOBODY)])
def test_nobody_known_means_the_whole_image(previous: Any, whole: Any) -> None:
    [rect] = rects(previous, whole)
    assert (rect.x_center, rect.y_center, rect.width, rect.height) == (0.5, 0.5, 1, 1)


def test_somebody_gets_a_square() -> None:
    [rect] = rects(SOMEBODY, None, "margin: 0.05")
    assert rect.width * 1280 == pytest.approx(rect.height * 720, rel=1e-5) == pytest.approx(528, abs=12)
    assert rect.x_center == pytest.approx(130 / 320, abs=0.01)
    assert rect.y_center + rect.height / 2 == pytest.approx(1)


def test_whole_images_are_seen_in_the_wide_view() -> None:
    shape = (144, 256)
    [rect] = rects(None, mask(64, 48, 128, 144, shape))
    assert rect.x_center == pytest.approx(96 / 256, abs=0.01)
    # In the view of an upright image its width is 81 pixels.
    [rect] = rects(None, mask(100, 90, 140, 130, shape), size=(720, 1280))
    assert rect.x_center == pytest.approx((120 - (256 - 81) / 2) / 81, abs=0.02)


def test_people_who_stand_wide_get_two() -> None:
    group = mask(0, 90, 320, 180)
    assert len(rects(group, None)) == 2
    [wide] = rects(group, None, "max_tiles: 1", port="NORM_RECTS_WIDE")
    assert (wide.x_center, wide.width, wide.height) == (0.5, 1, 1)
    [square] = rects(group, None, "max_tiles: 1", outputs=["NORM_RECTS"])
    assert square.width == 1
    assert len(rects(SOMEBODY, mask(240, 60, 256, 144, (144, 256)))) == 2


def test_one_of_two_is_held_now_and_then_if_that_is_connected() -> None:
    group = mask(0, 90, 320, 180)
    for outputs, counts in ((["NORM_RECTS"], [2, 2, 2]), (["NORM_RECTS", "NORM_RECTS_HELD"], [2, 2, 1])):
        node = run(NAME, inputs=["SIZE", "MASK_PREVIOUS"], outputs=outputs, unread=False)
        for time in range(0, 120_000, 40_000):
            node.send("MASK_PREVIOUS", group @ t(time)).send("SIZE", SIZE @ t(time))
        assert [len(packet.payload) for packet in node.take("NORM_RECTS")] == counts
    [packet] = node.take("NORM_RECTS_HELD")
    assert packet.timestamp.value == 80_000 and packet.payload[0].x_center > 0.5


def test_nothing_is_held_after_a_gap() -> None:
    group = mask(0, 90, 320, 180)
    node = run(
        NAME, inputs=["SIZE", "MASK_PREVIOUS"], outputs=["NORM_RECTS", "NORM_RECTS_HELD"], unread=False
    )
    for time in (0, 40_000, 2_000_000):
        node.send("MASK_PREVIOUS", group @ t(time)).send("SIZE", SIZE @ t(time))
    assert not node.take("NORM_RECTS_HELD")


def test_stills_are_also_seen_mirrored() -> None:
    plain, mirrored = rects(SOMEBODY, None, side={"USE_PREVIOUS": False})
    assert mirrored.width == -plain.width and mirrored.x_center == plain.x_center


def test_masks_on_the_gpu_give_the_same() -> None:
    assert rects(Image.from_gpu_buffer(upload(SOMEBODY)), None) == rects(SOMEBODY, None)


@pytest.mark.parametrize(
    ("options", "message"), [("max_tiles: 3", "1 or 2"), ("hold: 0.5", "0 <= hold <= margin <= 1")]
)
def test_options_are_checked(options: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        rects(None, None, options)
