"""Commands that get SIGINT, SIGTERM or SIGHUP at random moments.

Their output is whole, absent, or shorter and playable; nothing is left beside it; they end with 130 and one
line, or well if they had done their work.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import time
from typing import NamedTuple

from command import default_signals, make_video, playable_frames, started
from part import CHECKOUT, CRASH, DIFFERENCE, HANG, LEFTOVER, RUN, TRACEBACK, Outcome, Part, Settings

from mpgraph.errors import MediaError

GRAPH = CHECKOUT / "graphs" / "selfie_segmentation" / "selfie_segmentation_cpu.pbtxt"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
END_S = 20.0


class Signals(NamedTuple):
    """Which signals come, and when, as parts of the time that the command takes without any."""

    moments: tuple[tuple[float, int], ...]


class Interrupted(Part[Signals]):
    """Interrupts `selfie` or `run` on a video."""

    limit_s = 90.0

    def __init__(self, settings: Settings, command: str) -> None:
        super().__init__(settings)
        self._folder = settings.folder / "work"
        self._folder.mkdir()
        self._video = make_video(settings.folder / "in.mp4")
        if command == "selfie":
            self._arguments = ["selfie", str(self._video), "-o", "out.mp4"]
        else:
            self._arguments = ["run", str(GRAPH), "-i", str(self._video), "-o", "out.mp4"]
        start = time.monotonic()
        process = started(*self._arguments, cwd=self._folder)
        _, said = process.communicate(timeout=self.patient(60))
        self._takes_s = time.monotonic() - start
        assert process.returncode == 0, said
        self._frames = playable_frames(self._folder / "out.mp4")

    def make(self, choose: random.Random) -> Signals:
        """Choose one signal, or two shortly after each other."""
        first = (choose.uniform(0, 1.1), choose.choice(SIGNALS))
        if choose.random() < 0.8:
            return Signals((first,))
        return Signals((first, (first[0] + choose.uniform(0, 0.2), choose.choice(SIGNALS))))

    def run(self, given: Signals) -> Outcome:
        """Start the command, send the signals, and look at what it leaves."""
        shutil.rmtree(self._folder)
        self._folder.mkdir()
        start = time.monotonic()
        process = started(*self._arguments, cwd=self._folder, preexec_fn=default_signals)
        before_python = False
        for moment, number in given.moments:
            time.sleep(max(0.0, start + moment * self._takes_s - time.monotonic()))
            before_python |= not _is_set_up(process.pid)
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
        try:
            _, said = process.communicate(timeout=self.patient(END_S))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return Outcome(HANG, f"{given}: has not ended after {self.patient(END_S):g} s")
        return self._judged(given, process.returncode, said, before_python)

    def _judged(self, given: Signals, code: int, said: str, before_python: bool) -> Outcome:
        # Until mpgraph's first lines run, signals are the interpreter's affair.
        if not before_python:
            if code not in (0, 130):
                return Outcome(CRASH, f"{given}: ended with {code}: {said.strip()[-200:]}")
            if "Traceback" in said or "unexpected" in said:
                return Outcome(TRACEBACK, f"{given}: {said.strip()[-300:]}")
            if code == 130 and said.splitlines().count("interrupted") > 1:
                return Outcome(TRACEBACK, f"{given}: more than one line: {said!r}")
        output = self._folder / "out.mp4"
        others = [path.name for path in self._folder.iterdir() if path != output]
        if others:
            return Outcome(LEFTOVER, f"{given}: {others}")
        if output.exists():
            try:
                frames = playable_frames(output)
            except MediaError as error:
                return Outcome(DIFFERENCE, f"{given}: the output is broken: {error}")
            if code == 0 and len(given.moments) == 0 and frames != self._frames:
                return Outcome(DIFFERENCE, f"{given}: {frames} frames of {self._frames}")
        return Outcome(RUN)


def _is_set_up(pid: int) -> bool:
    """Whether a process handles SIGTERM, as mpgraph's commands do from their first line on."""
    with contextlib.suppress(OSError, StopIteration):
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            caught = next(line for line in file if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return True  # It has ended.


create = Interrupted
