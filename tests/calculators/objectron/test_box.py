"""Boxes lifted from an image; MediaPipe's answers are in recorded/objectron.json, by tools/conformance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.objectron import box
from mpgraph.errors import InvalidArgumentError

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "objectron.json").read_text("utf-8"))
CORNERS = np.array([(0, 0, 0), *((x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1))]) / 2


def camera(*values: float) -> box.Camera:
    return box.Camera(*map(np.float32, values))


@pytest.mark.parametrize("case", RECORDED)
def test_boxes_are_mediapipes_to_the_last_bit(case: dict[str, Any]) -> None:
    points = np.array(case["points"], np.float32).reshape(9, 2)
    corners = box.lift(points, camera(*case["camera"]))
    pose = box.fit(corners)
    for name, found in {"corners": corners, **pose._asdict()}.items():
        np.testing.assert_array_equal(found.ravel(), np.array(case[name], np.float32), err_msg=name)


def test_box_is_found_again() -> None:
    turn = np.array([[0.8, 0, 0.6], [0, 1, 0], [-0.6, 0, 0.8]])
    points = (CORNERS * (0.5, 0.25, 1)) @ turn.T + (0.2, -0.1, -3)
    image = np.stack([1 - points[:, 0] / points[:, 2], 1 + points[:, 1] / points[:, 2]], axis=1) / 2
    corners = box.lift(image.astype(np.float32), camera(1, 1, 0, 0))
    pose = box.fit(corners)
    size = corners[0, 2] / -3
    np.testing.assert_allclose(corners, points * size, atol=5e-4 * size)
    np.testing.assert_allclose(pose.rotation, turn, atol=2e-3)
    np.testing.assert_allclose(pose.translation, np.array([0.2, -0.1, -3]) * size, atol=1e-4 * size)
    np.testing.assert_allclose(pose.scale, np.array([0.5, 0.25, 1]) * size, atol=1e-3 * size)


@pytest.mark.parametrize("count", [0, 8, 10])
def test_box_has_nine_points(count: int) -> None:
    with pytest.raises(InvalidArgumentError, match=f"9 key points, .* there are {count}"):
        box.lift(np.zeros((count, 2), np.float32), camera(1, 1, 0, 0))


def test_points_on_top_of_each_other_give_a_flat_box() -> None:
    corners = box.lift(np.full((9, 2), 0.25, np.float32), camera(1, 1, 0, 0))
    pose = box.fit(corners)
    assert all(np.isfinite(values).all() for values in (corners, *pose))
