"""Commands that are killed at random moments: the next run for the same output clears what they have left."""

from __future__ import annotations

import random
import shutil
import time

from command import make_video, playable_frames, started
from part import CRASH, DIFFERENCE, LEFTOVER, RUN, Outcome, Part, Settings


class Kills(Part[float]):
    """Kills `selfie`; an input is the moment, as a part of the time that it takes."""

    limit_s = 120.0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._folder = settings.folder / "work"
        self._video = make_video(settings.folder / "in.mp4", 30)
        self._takes_s = 3.0

    def make(self, choose: random.Random) -> float:
        """Choose the moment, mostly while it writes."""
        return choose.uniform(0.3, 1)

    def run(self, given: float) -> Outcome:
        """Kill the command twice, then let it end."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        for _ in range(2):
            process = started("selfie", str(self._video), "-o", "out.mp4", "--force", cwd=self._folder)
            time.sleep(given * self._takes_s)
            process.kill()
            process.communicate()
        start = time.monotonic()
        process = started("selfie", str(self._video), "-o", "out.mp4", "--force", cwd=self._folder)
        _, said = process.communicate(timeout=self.patient(60))
        self._takes_s = time.monotonic() - start
        if process.returncode != 0:
            return Outcome(CRASH, f"{given}: ended with {process.returncode}: {said.strip()[-300:]}")
        left = sorted(path.name for path in self._folder.iterdir())
        if left != ["out.mp4"]:
            return Outcome(LEFTOVER, f"{given}: {left}")
        if (frames := playable_frames(self._folder / "out.mp4")) != 30:
            return Outcome(DIFFERENCE, f"{given}: {frames} frames of 30")
        return Outcome(RUN)


create = Kills
