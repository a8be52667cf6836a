"""The default colors and sizes of landmarks and connections, with the API of MediaPipe's drawing_styles.

Each function returns what `drawing_utils.draw_landmarks` takes as a style: a DrawingSpec, or one for each
landmark (an int, such as HandLandmark.WRIST) or connection (a pair of them).
"""

from mpgraph.drawing.default_styles import (
    get_default_face_mesh_contours_style,
    get_default_face_mesh_iris_connections_style,
    get_default_face_mesh_tesselation_style,
    get_default_hand_connections_style,
    get_default_hand_landmarks_style,
    get_default_pose_landmarks_style,
)

# Programs take these from here, too.
from mpgraph.solutions.hands import HandLandmark as HandLandmark
from mpgraph.solutions.pose import PoseLandmark as PoseLandmark

__all__ = [
    "get_default_face_mesh_contours_style",
    "get_default_face_mesh_iris_connections_style",
    "get_default_face_mesh_tesselation_style",
    "get_default_hand_connections_style",
    "get_default_hand_landmarks_style",
    "get_default_pose_landmarks_style",
]
