"""Connections: pairs of the points of a 3-D box between which lines are drawn."""

from __future__ import annotations

_ENDS = {1: (2, 3, 5), 2: (4, 6), 3: (4, 7), 4: (8,), 5: (6, 7), 6: (8,), 7: (8,)}

BOX_CONNECTIONS = frozenset((start, end) for start, ends in _ENDS.items() for end in ends)
"""The twelve edges; point 0 is the center, 1 to 8 are the corners."""
