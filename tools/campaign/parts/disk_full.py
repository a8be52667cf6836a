"""Commands whose disk is full after some bytes: one line that names the output, and nothing is left.

Half the inputs get a file system of that size, if one can be mounted, the others a limit on file sizes.
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from command import judged, make_video, playable_frames, started
from part import DIFFERENCE, FINE, LEFTOVER, REFUSED, RUN, TRACEBACK, Outcome, Part, Settings

from mpgraph.framework import resources


class Disk(NamedTuple):
    """What is written, and how many bytes fit."""

    output: str
    size: int
    mounted: bool


class DiskFull(Part[Disk]):
    """Writes images, videos and recordings to a small disk."""

    limit_s = 90.0

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._folder = settings.folder / "disk"
        self._folder.mkdir()
        self._video = make_video(settings.folder / "in.mp4", 20)
        self._can_mount = self._mounted(1 << 20)
        self.close()

    def make(self, choose: random.Random) -> Disk:
        """Choose an output and a size."""
        output = choose.choice(("out.mp4", "out.webm", "out.png", "out.jpg"))
        return Disk(output, choose.choice((0, 4096, 20_000, 1 << 15, 1 << 16)), choose.random() < 0.5)

    def run(self, given: Disk) -> Outcome:
        """Run `selfie`, and look at what it leaves."""
        source = self._video if given.output.endswith((".mp4", ".webm")) else resources.demo_image()
        mounted = given.mounted and self._can_mount and self._mounted(max(4096, given.size))
        try:
            limit = None if mounted else _limits_files(given.size)
            process = started("selfie", str(source), "-o", given.output, cwd=self._folder, preexec_fn=limit)
            _, said = process.communicate(timeout=self.patient(60))
            return self._judged(given, process.returncode, said)
        finally:
            self.close()

    def _judged(self, given: Disk, code: int, said: str) -> Outcome:
        outcome = judged(code, said)
        output = self._folder / given.output
        others = [path.name for path in self._folder.iterdir() if path != output]
        if outcome.kind not in FINE:
            return outcome
        if others:
            return Outcome(LEFTOVER, f"{given}: {others}")
        if code == 0:
            whole = not output.name.endswith((".mp4", ".webm")) or playable_frames(output) == 20
            return Outcome(RUN) if whole else Outcome(DIFFERENCE, f"{given}: the video is not whole")
        if output.exists():
            return Outcome(LEFTOVER, f"{given}: failed, and left an output")
        errors = [line for line in said.splitlines() if "error:" in line]
        # Where no byte fits, none fits into the folder of temporary files.
        expected = given.output if given.size else ""
        if len(errors) != 1 or expected not in errors[0]:
            return Outcome(TRACEBACK, f"{given}: not one line with the output's name: {said[-300:]!r}")
        return Outcome(REFUSED)

    def _mounted(self, size: int) -> bool:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "campaign", str(self._folder)]
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def close(self) -> None:
        """Unmount the disk, and empty it."""
        if Path(self._folder).is_mount():
            subprocess.run(["umount", "-l", str(self._folder)], capture_output=True, check=False)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(exist_ok=True)


def _limits_files(size: int) -> object:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


create = DiskFull
