"""Hands: equal to MediaPipe 0.10.21, and as programs written for it use it. The hand is a drawing."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from landmark_images import HANDS, Pixels, clip, close, hand_rows

import mpgraph as mp
from mpgraph.media.images import read_image

Hands = mp.solutions.hands.Hands

FOLDER = Path(__file__).parent
RECORDED = json.loads((FOLDER / "recorded" / "hands.json").read_text("utf-8"))

# Other backends compute the models a little differently, which tracking amplifies.
TOLERANCES = {"litert": (1e-5, 1e-5)}
LOOSE = (2e-2, 5e-2)


@pytest.fixture(scope="module")
def image() -> Pixels:
    return read_image(FOLDER / "drawn_hand.png")


def test_hands_in_images_are_mediapipes(image: Pixels, backend: str) -> None:
    tolerance, _ = TOLERANCES.get(backend, LOOSE)
    with Hands(static_image_mode=True) as solution:
        for name, of in HANDS.items():
            found = hand_rows(solution.process(of(image)))
            assert close(found, RECORDED["images"][name], tolerance), name


def test_hands_in_a_tracked_clip_are_mediapipes(image: Pixels, backend: str) -> None:
    _, tolerance = TOLERANCES.get(backend, LOOSE)
    with Hands() as solution:
        for number, (frame, expected) in enumerate(zip(clip(image), RECORDED["clip"], strict=True)):
            assert close(hand_rows(solution.process(frame)), expected, tolerance), number


def test_results_have_mediapipes_fields(image: Pixels) -> None:
    with Hands(static_image_mode=True, model_complexity=0) as solution:
        results = solution.process(image)
        nothing = solution.process(np.zeros_like(image))
    assert results._fields == ("multi_hand_landmarks", "multi_hand_world_landmarks", "multi_handedness")
    assert nothing == (None, None, None)
    (marks,) = results.multi_hand_landmarks or []
    (world,) = results.multi_hand_world_landmarks or []
    (sides,) = results.multi_handedness or []
    assert [type(each).__name__ for each in (marks, world, sides)] == [
        "NormalizedLandmarkList",
        "LandmarkList",
        "ClassificationList",
    ]
    assert len(marks.landmark) == len(world.landmark) == len(mp.solutions.hands.HandLandmark)
    (side,) = sides.classification
    assert (side.index, side.label, side.HasField("display_name")) == (1, "Right", False)
    tip = marks.landmark[mp.solutions.hands.HandLandmark.MIDDLE_FINGER_TIP]
    wrist = marks.landmark[mp.solutions.hands.HandLandmark.WRIST]
    assert tip.y < wrist.y - 0.2


def test_number_of_hands_is_limited(image: Pixels) -> None:
    with Hands(static_image_mode=True, max_num_hands=1) as solution:
        results = solution.process(HANDS["two hands"](image))
    assert len(results.multi_hand_landmarks or []) == 1


def test_confidences_reach_the_graph(image: Pixels) -> None:
    with Hands(static_image_mode=True, min_detection_confidence=0.99) as solution:
        assert solution.process(image) == (None, None, None)
    with Hands(static_image_mode=True, min_tracking_confidence=1.0) as solution:
        assert solution.process(image) == (None, None, None)


def test_signature_and_constants_are_mediapipes() -> None:
    parameters = inspect.signature(Hands).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "static_image_mode": False,
        "max_num_hands": 2,
        "model_complexity": 1,
        "min_detection_confidence": 0.5,
        "min_tracking_confidence": 0.5,
        "device": "cpu",  # mpgraph's own, keyword only
    }
    hands, connections = mp.solutions.hands, mp.solutions.hands_connections
    assert hands.HandLandmark.PINKY_TIP == 20
    assert [mark.name for mark in hands.HandLandmark][:6:5] == ["WRIST", "INDEX_FINGER_MCP"]
    assert hands.HAND_CONNECTIONS is connections.HAND_CONNECTIONS
    assert len(hands.HAND_CONNECTIONS) == 21
    for part in ("PALM", "THUMB", "INDEX_FINGER", "MIDDLE_FINGER", "RING_FINGER", "PINKY_FINGER"):
        assert set(getattr(connections, f"HAND_{part}_CONNECTIONS")) <= hands.HAND_CONNECTIONS


@pytest.mark.parametrize("complexity", [2, -1, None])
def test_unknown_model_is_refused(complexity: Any) -> None:
    with pytest.raises(ValueError, match="model_complexity must be 0 "):
        Hands(model_complexity=complexity)


def test_arguments_of_wrong_types_are_refused() -> None:
    wrong: Any = [{"max_num_hands": 1.5}, {"min_detection_confidence": "high"}]
    for arguments in wrong:
        with pytest.raises(TypeError):
            Hands(**arguments)


def test_hand_can_be_drawn(image: Pixels) -> None:
    with Hands(static_image_mode=True) as solution:
        (hand,) = solution.process(image).multi_hand_landmarks or []
    drawn = image.copy()
    mp.solutions.drawing_utils.draw_landmarks(drawn, hand, mp.solutions.hands.HAND_CONNECTIONS)
    assert (drawn != image).any()
