"""Whether to look at both of two tiles in a frame, or only at one of them."""

from __future__ import annotations


class Turns:
    """Leaves out one of two tiles in every other frame, the first and the second one in turn.

    What was seen in it is moved along with the image instead: see `mpgraph.effects.steadiness`.
    """

    def __init__(self) -> None:
        self._frames = 0

    def next(self, tiles: int, resting: bool) -> int | None:
        """Return the number of the tile to leave out, None for none.

        tiles: how many there are. resting: whether people move slowly; otherwise the next frame counts.
        """
        if tiles != 2:
            self._frames = 0
            return None
        self._frames += resting
        if not resting or self._frames % 2:
            return None
        return self._frames // 2 % 2
