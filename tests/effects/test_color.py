from __future__ import annotations

import pytest

from mpgraph.effects.color import COLOR_NAMES, Color, parse_color
from mpgraph.errors import InvalidArgumentError


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("red", (255, 0, 0)),
        ("Sky Blue", (135, 206, 235)),
        ("light-grey", (211, 211, 211)),
        ("#1e90ff", (30, 144, 255)),
        ("1E90FF", (30, 144, 255)),
        ("#fa0", (255, 170, 0)),
        ("0,128,255", (0, 128, 255)),
        (" 0 , 128 , 255 ", (0, 128, 255)),
    ],
)
def test_color_notations(text: str, color: Color) -> None:
    assert parse_color(text) == color


@pytest.mark.parametrize("text", ["", "#12", "#12345g", "1,2", "1,2,3,4", "1,2,256", "-1,2,3", "redd ish"])
def test_invalid_colors_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError, match="colour"):
        parse_color(text)


def test_near_color_names_are_suggested() -> None:
    with pytest.raises(InvalidArgumentError, match='Did you mean "turquoise"'):
        parse_color("turqoise")


def test_names_are_sorted_and_within_range() -> None:
    assert list(COLOR_NAMES) == sorted(COLOR_NAMES)
    assert all(0 <= part <= 255 for color in COLOR_NAMES.values() for part in color)
