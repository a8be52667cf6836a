from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.effects.boxes import Box
from mpgraph.effects.people import PeopleTracker, TileOptions, people_box

SIZE = (1280, 720)


def mask_with(*boxes: tuple[int, int, int, int]) -> Any:
    mask = np.zeros((180, 320), np.float32)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = 1
    return mask


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_box_surrounds_people_but_not_specks(dtype: Any) -> None:
    mask = mask_with((100, 40, 160, 180), (200, 60, 240, 180), (300, 2, 306, 8))
    if dtype is np.uint8:
        mask = (mask * 255).astype(np.uint8)
    found = people_box(mask)
    assert found is not None
    assert found == pytest.approx([100 / 320, 40 / 180, 240 / 320, 1], abs=0.01)


def test_nobody_has_no_box() -> None:
    assert people_box(np.zeros((180, 320), np.float32)) is None
    assert people_box(np.full((180, 320), 0.4, np.float32)) is None
    assert people_box(mask_with((10, 10, 12, 12))) is None
    assert people_box(np.ones((1, 1), np.float32)) is not None


def test_tile_is_a_square_inside_the_image_with_a_margin() -> None:
    (tile,) = PeopleTracker(TileOptions(margin=0.1)).update(Box(500, 300, 700, 720), *SIZE)
    assert tile[2] - tile[0] == pytest.approx(420 * 1.2) == tile[3] - tile[1]
    assert tile[3] == 720 and tile[0] < 500 and tile[2] > 700


def test_tiles_begin_and_end_between_pixels() -> None:
    tiles = PeopleTracker(TileOptions()).update(Box(301.3, 400.7, 1100.9, 719.2), *SIZE)
    assert len(tiles) == 2
    for tile in tiles:
        assert all(edge == round(edge) for edge in tile) and tile[2] - tile[0] == tile[3] - tile[1]


def test_tile_that_does_not_fit_is_the_whole_side() -> None:
    (tile,) = PeopleTracker(TileOptions(max_tiles=1)).update(Box(100, 200, 1100, 720), *SIZE)
    assert (tile[1], tile[3]) == (0, 720)
    assert 0 <= tile[0] < 100 and 1100 < tile[2] <= 1280


def test_wide_groups_get_two_tiles_that_overlap() -> None:
    left, right = PeopleTracker(TileOptions()).update(Box(0, 300, 1280, 720), *SIZE)
    assert left[0] == 0 and right[2] == 1280 and left[2] > right[0]
    assert len(PeopleTracker(TileOptions(max_tiles=1)).update(Box(0, 300, 1280, 720), *SIZE)) == 1


def test_one_wide_tile_replaces_a_square_that_would_be_squeezed() -> None:
    tracker = PeopleTracker(TileOptions(max_tiles=1, landscape=True))
    (tile,) = tracker.update(Box(300, 200, 900, 720), *SIZE)
    assert not tracker.wide and tile[2] - tile[0] == pytest.approx(648) == tile[3] - tile[1]
    (tile,) = tracker.update(Box(100, 300, 1100, 720), *SIZE)
    assert tracker.wide and tile[2] - tile[0] == pytest.approx((tile[3] - tile[1]) * 16 / 9)
    assert tile[0] < 100 and tile[2] > 1100 and tile[3] == 720
    # Slightly narrower people keep it.
    for _ in range(40):
        tracker.update(Box(100, 300, 930, 720), *SIZE)
    assert tracker.wide
    for _ in range(40):
        (square,) = tracker.update(Box(100, 300, 700, 720), *SIZE)
    assert not tracker.wide and square[2] - square[0] < 1.3 * (square[3] - square[1])


def test_upright_images_have_no_wide_tile() -> None:
    tracker = PeopleTracker(TileOptions(max_tiles=1, landscape=True))
    tracker.update(Box(0, 900, 720, 1280), 720, 1280)
    assert not tracker.wide


def test_tile_is_held_while_people_stay_inside() -> None:
    tracker = PeopleTracker(TileOptions(margin=0.1, hold=0.03, max_tiles=1))
    (first,) = tracker.update(Box(500, 200, 700, 600), *SIZE)
    for shift in (2, 4, 3, 5):
        (tile,) = tracker.update(Box(500 + shift, 200, 700 + shift, 600), *SIZE)
        assert tile is first
    (moved,) = tracker.update(Box(900, 200, 1100, 600), *SIZE)
    assert moved is not first and moved[2] > 1100


def test_box_grows_at_once_and_shrinks_slowly() -> None:
    tracker = PeopleTracker(TileOptions())
    sides = [tracker.update(Box(500, 720 - height, 600, 720), *SIZE)[0] for height in (200, 600, *[200] * 30)]
    heights = [side[3] - side[1] for side in sides]
    assert heights[1] > 600
    assert heights[2] > 500
    assert heights[-1] < 300


def test_nobody_is_forgotten_and_found_again() -> None:
    tracker = PeopleTracker(TileOptions())
    assert tracker.update(None, *SIZE) == []
    assert len(tracker.update(Box(500, 200, 700, 720), *SIZE)) == 1
    assert tracker.update(None, *SIZE) == []


def test_one_of_two_tiles_is_left_out_now_and_then_unless_people_move_fast() -> None:
    tracker = PeopleTracker(TileOptions())
    left_out: list[Any] = []
    for shift in (0, 0, 2, 2, 80, 80, 80):
        tracker.update(Box(100 + shift, 400, 1100 + shift, 720), *SIZE)
        left_out.append(tracker.left_out)
    assert left_out == [None, None, 1, None, None, 0, None]
    tracker.update(Box(500, 300, 700, 720), *SIZE)
    assert tracker.left_out is None
