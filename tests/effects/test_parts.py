from __future__ import annotations

import numpy as np
import pytest

from mpgraph.effects.parts import part_with_people, scaled, size_of


def test_people_are_found_with_a_margin_on_the_grid_of_reduced_images() -> None:
    mask = np.zeros((90, 160), np.float32)
    mask[30:40, 50:60] = 0.2
    mask[0, 0] = 0.05
    assert part_with_people(mask, 3) == np.s_[24:48, 40:64]


def test_the_part_ends_with_the_image() -> None:
    mask = np.full((90, 160), 0.5, np.float32)
    assert part_with_people(mask, 8) == np.s_[0:90, 0:160]


def test_nobody_is_in_no_part() -> None:
    assert part_with_people(np.full((90, 160), 0.05, np.float32), 8) is None


@pytest.mark.parametrize(
    ("larger", "expected"), [((180, 320), np.s_[48:96, 80:128]), ((45, 80), np.s_[12:24, 20:32])]
)
def test_the_same_part_of_another_size(larger: tuple[int, int], expected: object) -> None:
    assert scaled(np.s_[24:48, 40:64], (90, 160), larger) == expected


def test_the_size_is_width_and_height() -> None:
    assert size_of(np.s_[10:30, 5:10]) == (5, 20)
