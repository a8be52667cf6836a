"""The commands for videos and cameras, whose frames are tracked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from mpgraph.cli.annotate.job import Job
from mpgraph.cli.console import counted, echo
from mpgraph.cli.frames.selection import Conversion
from mpgraph.cli.run.session_driver import InputOutputSelection, SessionDriver, for_each_video


def annotate_videos(conversions: Sequence[Conversion], job: Job) -> int:
    """Annotate videos, print a summary of each, and return how many could not be read; these are reported.

    Raises:
        KeyboardInterrupt: the user has pressed Ctrl-C; the video so far is complete.
        MpgraphError: the graph failed.
    """

    def annotate(conversion: Conversion) -> None:
        target = conversion.target if job.options.draws else None
        selection = InputOutputSelection(conversion.source, output_video=target)
        _annotate(str(conversion.source), selection, job)

    return for_each_video(conversions, annotate)


def annotate_camera(number: int, recording: Path | None, job: Job, browser: bool) -> None:
    """Annotate a camera's mirrored view until the user stops it; show it, if the job draws, and record it."""
    selection = InputOutputSelection(webcam=number, output_video=recording, browser=browser)
    _annotate(f"camera {number}", selection, job)


def _annotate(name: str, selection: InputOutputSelection, job: Job) -> None:
    start = time.perf_counter()
    with job.session(name) as session:
        try:
            SessionDriver(session, selection).run()
        finally:
            if session.frames:
                rate = session.frames / (time.perf_counter() - start)
                frames = f"{session.hits} of {counted(session.frames, 'frame')}"
                echo(f"{name}: {job.solution.nouns} in {frames}, {rate:.0f} frames/s")
