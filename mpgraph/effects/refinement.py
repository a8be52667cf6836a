"""How much is done for a matte: levels that graphs, solutions and commands share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refinement:
    """Options of the graphs of mattes.

    max_tiles: runs of a network a frame where people stand wide, 1 or 2. side: the longer side, in pixels, of
    the image by which the edge is refined.
    """

    max_tiles: int
    side: int


REFINEMENTS = {"fast": Refinement(1, 640), "balanced": Refinement(2, 640), "best": Refinement(2, 1280)}
GRAPHS_OWN = "balanced"
"""What the graphs do without options."""
