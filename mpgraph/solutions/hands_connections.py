"""Pairs of hand landmarks between which lines are drawn, as in MediaPipe's hands_connections."""

from mpgraph.drawing.hands_connections import *  # noqa: F403
