"""The colors and sizes that MediaPipe's drawing_styles gives to landmarks and connections by default."""

from __future__ import annotations

from collections.abc import Mapping

from mpgraph.drawing import face_mesh_connections as face
from mpgraph.drawing import hands_connections as hands
from mpgraph.drawing.annotations import WHITE_COLOR, DrawingSpec

LandmarkStyle = Mapping[int, DrawingSpec]
ConnectionStyle = Mapping[tuple[int, int], DrawingSpec]

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
_PALM = (0, 1, 5, 9, 13, 17)
_FINGERS = (
    (_PEACH, range(2, 5), hands.HAND_THUMB_CONNECTIONS),
    (_PURPLE, range(6, 9), hands.HAND_INDEX_FINGER_CONNECTIONS),
    (_YELLOW, range(10, 13), hands.HAND_MIDDLE_FINGER_CONNECTIONS),
    (_GREEN, range(14, 17), hands.HAND_RING_FINGER_CONNECTIONS),
    (_BLUE, range(18, 21), hands.HAND_PINKY_FINGER_CONNECTIONS),
)
_LEFT_OF_POSE = (1, 2, 3, 7, 9, *range(11, 33, 2))
_RIGHT_OF_POSE = (4, 5, 6, 8, 10, *range(12, 33, 2))
_CONTOURS = (
    {
        face.FACEMESH_LIPS: WHITE_COLOR,
        face.FACEMESH_LEFT_EYE: _GREEN,
        face.FACEMESH_LEFT_EYEBROW: _GREEN,
        face.FACEMESH_RIGHT_EYE: _RED,
        face.FACEMESH_RIGHT_EYEBROW: _RED,
        face.FACEMESH_FACE_OVAL: WHITE_COLOR,
    },
    {
        face.FACEMESH_LIPS: _BLUE,
        face.FACEMESH_LEFT_EYE: _CYAN,
        face.FACEMESH_LEFT_EYEBROW: _GREEN,
        face.FACEMESH_RIGHT_EYE: _MAGENTA,
        face.FACEMESH_RIGHT_EYEBROW: _RED,
        face.FACEMESH_FACE_OVAL: WHITE_COLOR,
        face.FACEMESH_NOSE: _YELLOW,
    },
)


def get_default_hand_landmarks_style() -> LandmarkStyle:
    """Return the style of each landmark of a hand: a color for the palm and for each finger."""
    colors = [(_RED, _PALM), *((color, landmarks) for color, landmarks, _ in _FINGERS)]
    return {
        landmark: DrawingSpec(color, _FILLED, _DOT_RADIUS)
        for color, landmarks in colors
        for landmark in landmarks
    }


def get_default_hand_connections_style() -> ConnectionStyle:
    """Return the style of each connection of a hand, in the colors of the landmarks; the palm is gray."""
    palm = {pair: DrawingSpec(_GRAY, 3) for pair in hands.HAND_PALM_CONNECTIONS}
    return palm | {pair: DrawingSpec(color) for color, _, finger in _FINGERS for pair in finger}


def get_default_face_mesh_contours_style(i: int = 0) -> ConnectionStyle:
    """Return the style of each of FACEMESH_CONTOURS; with i=1 a more colorful one, for the nose, too."""
    return {pair: DrawingSpec(color) for contour, color in _CONTOURS[i == 1].items() for pair in contour}


def get_default_face_mesh_tesselation_style() -> DrawingSpec:
    """Return the style of the lines of FACEMESH_TESSELATION."""
    return DrawingSpec(_GRAY, thickness=1)


def get_default_face_mesh_iris_connections_style() -> ConnectionStyle:
    """Return the style of each of FACEMESH_IRISES: green for the left, red for the right iris."""
    irises = ((_GREEN, face.FACEMESH_LEFT_IRIS), (_RED, face.FACEMESH_RIGHT_IRIS))
    return {pair: DrawingSpec(color) for color, iris in irises for pair in iris}


def get_default_pose_landmarks_style() -> LandmarkStyle:
    """Return the style of each landmark of a pose: orange for left, turquoise for right."""
    left = dict.fromkeys(_LEFT_OF_POSE, DrawingSpec(_ORANGE))
    return {0: DrawingSpec(), **left, **dict.fromkeys(_RIGHT_OF_POSE, DrawingSpec(_TURQUOISE))}
