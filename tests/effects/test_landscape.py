from __future__ import annotations

import numpy as np
import pytest

from mpgraph.effects.landscape import landscape


def test_dusk_is_dark_above_and_below_and_bright_between() -> None:
    rows = landscape(160, 90).astype(float).mean(axis=(1, 2))
    assert rows[:10].mean() < rows[45:55].mean() > rows[-10:].mean()


def test_same_seed_yields_the_same_image() -> None:
    assert (landscape(40, 30) == landscape(40, 30)).all()
    assert (landscape(40, 30) != landscape(40, 30, seed=8)).any()


@pytest.mark.parametrize("size", [(1, 1), (333, 51)])
def test_any_size(size: tuple[int, int]) -> None:
    image = landscape(*size)
    assert image.shape == (size[1], size[0], 3) and image.dtype == np.uint8
