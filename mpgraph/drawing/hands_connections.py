"""Connections: pairs of hand landmarks between which lines are drawn, as in MediaPipe's hands_connections."""

from __future__ import annotations

Pairs = tuple[tuple[int, int], ...]

HAND_PALM_CONNECTIONS: Pairs = ((0, 1), (0, 5), (9, 13), (13, 17), (5, 9), (0, 17))
"""The outline of the palm."""

HAND_THUMB_CONNECTIONS: Pairs = ((1, 2), (2, 3), (3, 4))
"""The thumb."""

HAND_INDEX_FINGER_CONNECTIONS: Pairs = ((5, 6), (6, 7), (7, 8))
"""The index finger."""

HAND_MIDDLE_FINGER_CONNECTIONS: Pairs = ((9, 10), (10, 11), (11, 12))
"""The middle finger."""

HAND_RING_FINGER_CONNECTIONS: Pairs = ((13, 14), (14, 15), (15, 16))
"""The ring finger."""

HAND_PINKY_FINGER_CONNECTIONS: Pairs = ((17, 18), (18, 19), (19, 20))
"""The little finger."""

HAND_CONNECTIONS = frozenset(
    HAND_PALM_CONNECTIONS
    + HAND_THUMB_CONNECTIONS
    + HAND_INDEX_FINGER_CONNECTIONS
    + HAND_MIDDLE_FINGER_CONNECTIONS
    + HAND_RING_FINGER_CONNECTIONS
    + HAND_PINKY_FINGER_CONNECTIONS
)
"""The whole hand."""

__all__ = [
    "HAND_CONNECTIONS",
    "HAND_INDEX_FINGER_CONNECTIONS",
    "HAND_MIDDLE_FINGER_CONNECTIONS",
    "HAND_PALM_CONNECTIONS",
    "HAND_PINKY_FINGER_CONNECTIONS",
    "HAND_RING_FINGER_CONNECTIONS",
    "HAND_THUMB_CONNECTIONS",
]
