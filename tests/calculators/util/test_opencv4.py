"""What tests/calculators/util/test_render_annotations.py does not cover."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.calculators.util import opencv4

WHITE = (255, 255, 255, 0)


def canvas(channels: int = 3) -> Any:
    return np.zeros((40, 80, channels), np.uint8)


def test_size_of_a_text() -> None:
    # Widths of "Hi" in OpenCV 4: 22 and 8 units, and the thickness.
    assert opencv4.text_size("Hi", cv2.FONT_HERSHEY_SIMPLEX, 2, 3) == (63, 44)
    assert opencv4.text_size("", cv2.FONT_HERSHEY_SIMPLEX, 1, 1) == (1, 22)


def test_flipped_text_is_upside_down() -> None:
    upright, flipped = canvas(), canvas()
    opencv4.put_text(upright, "L", (10, 30), 0, 1, WHITE, 1, False)
    opencv4.put_text(flipped, "L", (10, 9), 0, 1, WHITE, 1, True)
    assert upright.any() and np.array_equal(upright, flipped[::-1])


@pytest.mark.parametrize("font", [cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX])
def test_text_has_alpha_0(font: int) -> None:
    image = np.full((40, 80, 4), 255, np.uint8)
    opencv4.put_text(image, "I", (10, 30), font, 1, (0, 200, 0, 0), 4, False)
    drawn = image[(image != 255).any(axis=2)]
    assert drawn.min(axis=0).tolist() == [0, 200, 0, 0] and len(drawn) < 400


def test_other_fonts_are_opencvs() -> None:
    ours, theirs = canvas(), canvas()
    opencv4.put_text(ours, "Ag", (10, 30), cv2.FONT_HERSHEY_COMPLEX, 1, WHITE, 2, False)
    cv2.putText(theirs, "Ag", (10, 30), cv2.FONT_HERSHEY_COMPLEX, 1, WHITE, 2, cv2.LINE_8, False)
    assert theirs.any() and np.array_equal(ours, theirs)
    (width, height), _ = cv2.getTextSize("Ag", cv2.FONT_HERSHEY_COMPLEX, 1, 2)
    assert opencv4.text_size("Ag", cv2.FONT_HERSHEY_COMPLEX, 1, 2) == (width, height)


def test_far_coordinates() -> None:
    image = canvas()
    opencv4.line(image, (-(2**29), 20), (2**29, 20), WHITE, 3)
    assert image[19:22].all() and not image[:18].any()
    opencv4.arc(image, (2**29, 0), (5, 5), 0, 360, WHITE, 3)
    opencv4.put_text(image, "I", (2**29, 0), 0, 2**15, WHITE, 3, False)


def test_soft_edges_are_opencvs() -> None:
    ours, theirs = canvas(), canvas()
    opencv4.line(ours, (5, 5), (70, 31), WHITE, 3, cv2.LINE_AA)
    opencv4.arc(ours, (40, 20), (15, 8), 30, 360, WHITE, 1, cv2.LINE_AA)
    cv2.line(theirs, (5, 5), (70, 31), WHITE, 3, cv2.LINE_AA)
    cv2.ellipse(theirs, (40, 20), (15, 8), 30, 0, 360, WHITE, 1, cv2.LINE_AA)
    assert np.array_equal(ours, theirs)
