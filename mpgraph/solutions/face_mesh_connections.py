"""Pairs of face landmarks between which lines are drawn, as in MediaPipe's face_mesh_connections."""

from mpgraph.drawing.face_mesh_connections import *  # noqa: F403
