"""The styles are MediaPipe 0.10.21's; recorded by tools/conformance/record_drawing_styles.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.testing import normalized_landmarks

drawing = mp.solutions.drawing_utils
styles = mp.solutions.drawing_styles
CASES = json.loads((Path(__file__).parent / "recorded" / "drawing_styles.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['call']}{case['arguments']}")
def test_styles_are_mediapipes(case: Any) -> None:
    found = getattr(styles, case["call"])(*case["arguments"])
    expected = {}
    for (color, thickness, radius), keys in case["styles"]:
        spec = drawing.DrawingSpec(tuple(color), thickness, radius)
        if not keys:
            assert found == spec
            return
        expected.update({tuple(key) if isinstance(key, list) else key: spec for key in keys})
    assert found == expected


def test_styles_are_drawn() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    drawing.draw_landmarks(
        image,
        normalized_landmarks(21),
        mp.solutions.hands.HAND_CONNECTIONS,
        styles.get_default_hand_landmarks_style(),
        styles.get_default_hand_connections_style(),
    )
    wrist, thumb = styles.get_default_hand_landmarks_style()[0], image[10, 10]
    assert image[2, 2].tolist() == list(wrist.color) and thumb.any()


def test_enums_are_found_here_as_in_mediapipe() -> None:
    assert styles.HandLandmark is mp.solutions.hands.HandLandmark
    assert styles.PoseLandmark is mp.solutions.pose.PoseLandmark
