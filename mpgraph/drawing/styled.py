"""Landmarks drawn as in the examples of MediaPipe's solutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from mpgraph.drawing import default_styles as styles
from mpgraph.drawing.annotations import Connections, DrawingSpec, Pixels, draw_layer, visible
from mpgraph.drawing.face_mesh_connections import FACEMESH_CONTOURS, FACEMESH_IRISES, FACEMESH_TESSELATION
from mpgraph.drawing.hands_connections import HAND_CONNECTIONS
from mpgraph.drawing.pose_connections import POSE_CONNECTIONS
from mpgraph.formats.landmarks import Landmarks

StyleName = Literal["face_contours", "face_mesh", "hand", "pose"]


class _Layer(NamedTuple):
    connections: Connections
    points: Mapping[int, DrawingSpec] | None
    lines: Mapping[tuple[int, int], DrawingSpec] | DrawingSpec


_CONTOURS = _Layer(FACEMESH_CONTOURS, None, styles.get_default_face_mesh_contours_style())
_TESSELATION = _Layer(FACEMESH_TESSELATION, None, styles.get_default_face_mesh_tesselation_style())
_IRISES = _Layer(FACEMESH_IRISES, None, styles.get_default_face_mesh_iris_connections_style())
_HAND = _Layer(
    HAND_CONNECTIONS, styles.get_default_hand_landmarks_style(), styles.get_default_hand_connections_style()
)
_POSE = _Layer(POSE_CONNECTIONS, styles.get_default_pose_landmarks_style(), DrawingSpec())

_LAYERS: dict[StyleName, tuple[_Layer, ...]] = {
    "face_contours": (_CONTOURS,),
    "face_mesh": (_TESSELATION, _CONTOURS, _IRISES),
    "hand": (_HAND,),
    "pose": (_POSE,),
}
_WITHOUT_IRISES = 468


def draw_styled(image: Pixels, landmark_list: Any, style: StyleName) -> None:
    """Draw a NormalizedLandmarkList, or its Landmarks, into `image`, HxWx3 uint8 BGR, in place.

    style: "hand"; "pose"; "face_contours"; or "face_mesh", with the irises if there are 478 landmarks.

    Raises:
        InvalidArgumentError: there are fewer landmarks than the style connects.
    """
    landmarks = Landmarks.of(landmark_list)
    is_visible = visible(landmarks, ["visibility"])  # The Python solutions' results have no presence.
    for layer in _LAYERS[style]:
        if layer is not _IRISES or len(landmarks) > _WITHOUT_IRISES:
            draw_layer(image, landmarks.values[:, :2], is_visible, *layer)
