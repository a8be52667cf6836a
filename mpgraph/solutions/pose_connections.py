"""Pairs of pose landmarks between which lines are drawn, as in MediaPipe's pose_connections."""

from mpgraph.drawing.pose_connections import *  # noqa: F403
