"""Images, clips and rows of results for tests of solutions, and for recording MediaPipe's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

FACES: dict[str, Callable[[Pixels], Pixels]] = {
    "portrait": lambda image: image,
    "half a face": lambda image: image[:, 225:],
    "turned": lambda image: np.rot90(image),
    "two faces": lambda image: np.concatenate([image[:, 100:356], image[:, 356:100:-1]], axis=1),
    "no face": lambda image: image[300:],
    "one pixel": lambda image: image[:1, :1],
}

HANDS: dict[str, Callable[[Pixels], Pixels]] = {
    "hand": lambda image: image,
    "mirrored": lambda image: image[:, ::-1],
    "turned": lambda image: np.rot90(image),
    "two hands": lambda image: np.concatenate([image, image[:, ::-1]], axis=1),
    "half a hand": lambda image: image[:, 128:],
    "no hand": lambda image: image[:40],
    "one pixel": lambda image: image[:1, :1],
}

CUPS: dict[str, Callable[[Pixels], Pixels]] = {
    "cup": lambda image: image,
    "mirrored": lambda image: image[:, ::-1],
    "turned": lambda image: np.rot90(image),
    "two cups": lambda image: np.concatenate([image, image[:, ::-1]], axis=1),
    "half a cup": lambda image: image[:, 120:],
    "no cup": lambda image: image[:40],
    "one pixel": lambda image: image[:1, :1],
}


def close(found: Any, expected: Any, tolerance: float) -> bool:
    """Whether rows of results are the same up to an absolute tolerance; None only equals None."""
    if found is None or expected is None:
        return found is expected
    return np.shape(found) == np.shape(expected) and np.allclose(found, expected, rtol=0, atol=tolerance)


_ANYTHING = {"min_detection_confidence": 0.01, "min_tracking_confidence": 0.0, "max_num_objects": 1}

CATEGORIES: dict[str, dict[str, Any]] = {
    "Cup": {"focal_length": (1.5, 1.2), "principal_point": (0.1, -0.2)},
    "Shoe": _ANYTHING,
    "Chair": _ANYTHING,
    "Camera": _ANYTHING,
}
"""The categories of Objectron, with arguments by which the images of cups hold the other objects, too."""

POSES: dict[str, Callable[[Pixels], Pixels]] = {
    "portrait": lambda image: image,
    "mirrored": lambda image: image[:, ::-1],
    "turned": lambda image: np.rot90(image),
    "half a person": lambda image: image[:, 225:],
    "two people": lambda image: np.concatenate([image, image[:, ::-1]], axis=1)[::2, ::2],
    "nobody": lambda image: image[:100, 330:],
    "one pixel": lambda image: image[:1, :1],
}

PEOPLE: dict[str, Callable[[Pixels], Pixels]] = {
    "waving": lambda image: image,
    "mirrored": lambda image: image[:, ::-1],
    "turned": lambda image: np.rot90(image),
    "no face": lambda image: image[190:],
    "nobody": lambda image: image[:100, 330:],
    "one pixel": lambda image: image[:1, :1],
}

_EVERY = 13
_LOST = range(6, 8)


def waving(portrait: Pixels, hand: Pixels) -> Pixels:
    """The portrait with the drawn hand beside the shoulder, without the background of the hand."""
    image = portrait.copy()
    cut = hand[90:, 60:180]
    beside = image[200 : 200 + cut.shape[0], 300 : 300 + cut.shape[1]]
    is_hand = cut.max(axis=2) > 90
    beside[is_hand] = cut[is_hand]
    return image


def clip(image: Pixels, frames: int = 12) -> list[Pixels]:
    """The image, moving along a curve, as frames of a video; two frames are black, so that tracking fails."""
    moved = []
    for t in range(frames):
        shift = (2 * t, 6 * (t % 4))
        frame = np.roll(image, shift, axis=(0, 1))
        moved.append(np.ascontiguousarray(frame * 0 if t in _LOST else frame))
    return moved


def face_rows(results: Any) -> Any:
    """A row of x, y, z of every 13th landmark for each face."""
    if results.multi_face_landmarks is None:
        return None
    return [_coordinates(face.landmark[::_EVERY]) for face in results.multi_face_landmarks]


def hand_rows(results: Any) -> Any:
    """A row for each hand: 0 for left or 1 for right, the score, landmarks, and world landmarks."""
    if results.multi_hand_landmarks is None:
        return None
    return [
        [
            int(sides.classification[0].label == "Right"),
            sides.classification[0].score,
            *_coordinates(hand.landmark),
            *_coordinates(world.landmark),
        ]
        for sides, hand, world in zip(
            results.multi_handedness,
            results.multi_hand_landmarks,
            results.multi_hand_world_landmarks,
            strict=True,
        )
    ]


def box_rows(results: Any) -> Any:
    """A row for each object: its box in the image and in camera space, rotation, translation and scale."""
    if results.detected_objects is None:
        return None
    return [
        [
            *_short(value for mark in each.landmarks_2d.landmark for value in (mark.x, mark.y)),
            *_coordinates(each.landmarks_3d.landmark),
            *_short([*each.rotation.ravel(), *each.translation, *each.scale]),
        ]
        for each in results.detected_objects
    ]


def pose_rows(results: Any) -> Any:
    """A row: of every third landmark x, y, z and visibility, also in meters, and 36 points of the mask."""
    if results.pose_landmarks is None:
        return None
    lists = [each.landmark[::3] for each in (results.pose_landmarks, results.pose_world_landmarks)]
    height, width = results.segmentation_mask.shape
    mask = results.segmentation_mask[height // 12 :: height // 6, width // 12 :: width // 6]
    coordinates = [value for landmarks in lists for value in _coordinates(landmarks)]
    visibilities = [mark.visibility for landmarks in lists for mark in landmarks]
    return [*coordinates, *_short(visibilities), *_short(mask.ravel().tolist())]


def holistic_rows(results: Any) -> Any:
    """Rows of the pose, of each hand, and of every 13th landmark of the face; None for what was not found."""
    lists = results.left_hand_landmarks, results.right_hand_landmarks, results.face_landmarks
    return [
        pose_rows(results),
        *(
            None if each is None else _coordinates(each.landmark[::every])
            for each, every in zip(lists, (1, 1, _EVERY), strict=True)
        ),
    ]


def _coordinates(landmarks: Any) -> list[float]:
    return _short(value for mark in landmarks for value in (mark.x, mark.y, mark.z))


def _short(values: Iterable[float]) -> list[float]:
    # Seven digits are float32's precision, and keep the recorded files short.
    return [float(f"{value:.8g}") for value in values]
