"""Commands of mpgraph, in this process or in one of their own."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from part import CHECKOUT, REFUSED, RUN, TRACEBACK, Outcome

UNEXPECTED = ("error: unexpected ", "Traceback (most recent call last)", "internal error")

PRINTED = io.StringIO()
"""One for all commands: click keeps each stream that something was printed to."""


def in_process(*arguments: str) -> Outcome:
    """Run a command here; an error that it calls unexpected is a traceback."""
    from mpgraph.cli.app import run

    PRINTED.seek(0)
    PRINTED.truncate()
    with contextlib.redirect_stderr(PRINTED), contextlib.redirect_stdout(PRINTED):
        code = run(arguments)
    return judged(code, PRINTED.getvalue())


def judged(code: int, printed: str) -> Outcome:
    """Return the outcome of a command that printed a text."""
    if any(word in printed for word in UNEXPECTED):
        return Outcome(TRACEBACK, " | ".join(printed.split("\n"))[-400:])
    return Outcome(RUN if code == 0 else REFUSED)


def started(*arguments: str, cwd: Path, **options: Any) -> subprocess.Popen[str]:
    """Start a command in a process of its own, at low priority as the campaign itself."""
    return subprocess.Popen(
        [sys.executable, "-m", "mpgraph", *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        **options,
    )


def default_signals() -> None:
    """Give a child the handling of signals that a shell gives it; a background job inherits ignored ones."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def make_video(path: Path, frames: int = 45, size: Sequence[int] = (120, 160)) -> Path:
    """Write a small video of moving noise."""
    import numpy as np

    from mpgraph.media.video_writer import VideoWriter

    random = np.random.default_rng(1)
    with VideoWriter(path, size[1], size[0]) as writer:
        for index in range(frames):
            pixels = np.full((*size, 3), index * 5 % 256, np.uint8)
            pixels[20:60, 20:60] = random.integers(0, 256, (40, 40, 3), np.uint8)
            writer.write(pixels, index * 33_333)
    return path


def playable_frames(path: Path) -> int:
    """Return the number of frames that a video delivers; raises MediaError if it is damaged."""
    from mpgraph.media.video_reader import VideoReader

    with VideoReader(path, strict=True) as reader:
        return sum(1 for _ in reader)
