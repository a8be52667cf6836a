"""The newest frame of a live preview, handed from the thread that shows frames to those that send them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The last frame is sent again after this time: a closed page is noticed only when written to.
_REPEAT_SECONDS = 0.5


class LatestFrame:
    """The newest frame, the number of its viewers, and whether the preview has ended."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: NDArray[np.uint8] | None = None
        self._number = 0
        self._viewers = 0
        self._last_left: float | None = None
        self.ended = False

    def put(self, pixels: NDArray[np.uint8]) -> None:
        """Replace the newest frame by `pixels`, which must not change afterwards."""
        with self._changed:
            self._newest = pixels
            self._number += 1
            self._changed.notify_all()

    def end(self) -> None:
        """Accept no more frames, and wake every thread that waits."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait_for_end(self, seconds: float) -> bool:
        """Wait at most `seconds`; return whether the preview has ended."""
        with self._changed:
            return self._changed.wait_for(lambda: self.ended, seconds)

    def wait_for_viewers_to_leave(self, seconds: float) -> None:
        """Wait at most `seconds` until no stream is being sent."""
        with self._changed:
            self._changed.wait_for(lambda: self._viewers == 0, seconds)

    def abandoned_for(self, now: float) -> float:
        """Seconds since the last viewer left; 0 while there is a viewer, or if there never was any."""
        with self._changed:
            return 0.0 if self._viewers or self._last_left is None else now - self._last_left

    def stream(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the newest frame again and again, skipping those in between, until the end."""
        sent = 0
        while not self.ended:
            with self._changed:
                if self._number == sent:
                    self._changed.wait(_REPEAT_SECONDS)
                sent, newest = self._number, self._newest
            if newest is not None and not self.ended:
                yield newest

    @contextmanager
    def viewer(self) -> Iterator[None]:
        """Count a viewer while the body runs."""
        with self._changed:
            self._viewers += 1
        try:
            yield
        finally:
            with self._changed:
                self._viewers -= 1
                self._last_left = time.monotonic()
                self._changed.notify_all()
