"""Connections: pairs of pose landmarks between which lines are drawn, as in MediaPipe's pose_connections."""

from __future__ import annotations

_FACE = ((0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (4, 5), (5, 6), (6, 8), (9, 10))
_TORSO = ((11, 12), (11, 23), (12, 24), (23, 24))
_LEFT_ARM = ((11, 13), (13, 15), (15, 17), (15, 19), (15, 21), (17, 19))
_RIGHT_ARM = ((12, 14), (14, 16), (16, 18), (16, 20), (16, 22), (18, 20))
_LEFT_LEG = ((23, 25), (25, 27), (27, 29), (27, 31), (29, 31))
_RIGHT_LEG = ((24, 26), (26, 28), (28, 30), (28, 32), (30, 32))

POSE_CONNECTIONS = frozenset(_FACE + _TORSO + _LEFT_ARM + _RIGHT_ARM + _LEFT_LEG + _RIGHT_LEG)
"""The whole body."""

__all__ = ["POSE_CONNECTIONS"]
