"""The default colors and sizes of landmarks and connections, as in MediaPipe's drawing_styles.

Each function returns what `drawing_utils.draw_landmarks` takes as a style: a DrawingSpec, or one for each
landmark (an int, such as HandLandmark.WRIST) or connection (a pair of them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from mpgraph.drawing import face_mesh_connections as face
from mpgraph.drawing import hands_connections as hands
from mpgraph.drawing.annotations import WHITE_COLOR, DrawingSpec

Key = TypeVar("Key", int, tuple[int, int])

# BGR.
_RED = (48, 48, 255)
_GREEN = (48, 255, 48)
_BLUE = (192, 101, 21)
_YELLOW = (0, 204, 255)
_GRAY = (128, 128, 128)
_PURPLE = (128, 64, 128)
_PEACH = (180, 229, 255)
_CYAN = (192, 255, 48)
_MAGENTA = (192, 48, 255)
_ORANGE = (0, 138, 255)
_TURQUOISE = (231, 217, 0)

_FILLED = -1
_DOT_RADIUS = 5
_PALM_THICKNESS = 3

_PALM: tuple[int, ...] = (0, 1, 5, 9, 13, 17)
_FINGERS = (
    (_PEACH, (2, 3, 4), hands.HAND_THUMB_CONNECTIONS),
    (_PURPLE, (6, 7, 8), hands.HAND_INDEX_FINGER_CONNECTIONS),
    (_YELLOW, (10, 11, 12), hands.HAND_MIDDLE_FINGER_CONNECTIONS),
    (_GREEN, (14, 15, 16), hands.HAND_RING_FINGER_CONNECTIONS),
    (_BLUE, (18, 19, 20), hands.HAND_PINKY_FINGER_CONNECTIONS),
)

# The landmarks of a pose: the nose, the rest of the head, then left and right in turn.
_POSE_LEFT = (1, 2, 3, 7, 9, *range(11, 33, 2))
_POSE_RIGHT = (4, 5, 6, 8, 10, *range(12, 33, 2))


def get_default_hand_landmarks_style() -> Mapping[int, DrawingSpec]:
    """Discs: red on the palm, in its own color on each finger."""
    styles = [(DrawingSpec(_RED, _FILLED, _DOT_RADIUS), _PALM)]
    styles += [(DrawingSpec(color, _FILLED, _DOT_RADIUS), joints) for color, joints, _ in _FINGERS]
    return _for_each(styles)


def get_default_hand_connections_style() -> Mapping[tuple[int, int], DrawingSpec]:
    """Lines: gray across the palm, in the color of its discs along each finger."""
    palm = (DrawingSpec(_GRAY, _PALM_THICKNESS), hands.HAND_PALM_CONNECTIONS)
    return _for_each([palm, *((DrawingSpec(color), lines) for color, _, lines in _FINGERS)])


def get_default_face_mesh_contours_style(i: int = 0) -> Mapping[tuple[int, int], DrawingSpec]:
    """Lines: green around the left eye, red around the right, white elsewhere.

    i: 1 for a style with more colors, which has the nose as well.
    """
    is_colorful = i == 1
    colors = [
        (_BLUE if is_colorful else WHITE_COLOR, face.FACEMESH_LIPS),
        (_CYAN if is_colorful else _GREEN, face.FACEMESH_LEFT_EYE),
        (_GREEN, face.FACEMESH_LEFT_EYEBROW),
        (_MAGENTA if is_colorful else _RED, face.FACEMESH_RIGHT_EYE),
        (_RED, face.FACEMESH_RIGHT_EYEBROW),
        (WHITE_COLOR, face.FACEMESH_FACE_OVAL),
    ]
    if is_colorful:
        colors.append((_YELLOW, face.FACEMESH_NOSE))
    return _for_each((DrawingSpec(color), lines) for color, lines in colors)


def get_default_face_mesh_tesselation_style() -> DrawingSpec:
    """Thin gray lines."""
    return DrawingSpec(_GRAY, thickness=1)


def get_default_face_mesh_iris_connections_style() -> Mapping[tuple[int, int], DrawingSpec]:
    """Lines: green around the left iris, red around the right."""
    return _for_each(
        [(DrawingSpec(_GREEN), face.FACEMESH_LEFT_IRIS), (DrawingSpec(_RED), face.FACEMESH_RIGHT_IRIS)]
    )


def get_default_pose_landmarks_style() -> Mapping[int, DrawingSpec]:
    """Circles: orange on the left side of the body, turquoise on the right, white on the nose."""
    return _for_each(
        [(DrawingSpec(_ORANGE), _POSE_LEFT), (DrawingSpec(_TURQUOISE), _POSE_RIGHT), (DrawingSpec(), (0,))]
    )


def _for_each(styles: Iterable[tuple[DrawingSpec, Iterable[Key]]]) -> dict[Key, DrawingSpec]:
    return {key: style for style, keys in styles for key in keys}
