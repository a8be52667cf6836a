"""The commands for images: unrelated ones, each annotated by itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from mpgraph.cli.annotate.data_files import Frame
from mpgraph.cli.annotate.job import Job
from mpgraph.cli.console import echo, exit_code_for
from mpgraph.cli.frames.pipeline import pipelined, progress_bar
from mpgraph.cli.frames.selection import Conversion
from mpgraph.cli.interrupts import stop_on_interrupt
from mpgraph.cli.run.session_driver import running
from mpgraph.errors import MpgraphError
from mpgraph.media.images import read_image, write_image

_INTERVAL_US = 33333
"""Between the timestamps of the images in the graph."""


def annotate_images(conversions: Sequence[Conversion], job: Job) -> int:
    """Annotate images, print a summary, and return how many could not be read, which are reported.

    Raises:
        KeyboardInterrupt: the user has pressed Ctrl-C; the images so far are complete.
        MpgraphError: the graph failed, or a result cannot be written.
    """
    with (
        job.session(images=True) as session,
        running(session),
        progress_bar(job.solution.name, len(conversions)) as advance,
    ):

        def find(item: tuple[Conversion, Any]) -> tuple[Conversion, Any, Frame | None]:
            conversion, image = item
            if isinstance(image, MpgraphError):
                return conversion, image, None
            images, frame = session.find(image, session.frames * _INTERVAL_US)
            frame = replace(frame, file=str(conversion.source), index=0, timestamp_us=0)
            job.record(frame)
            return conversion, images[0][0] if images else None, frame

        def write(item: tuple[Conversion, Any, Frame | None]) -> tuple[Any, Frame | None]:
            conversion, image, frame = item
            if frame is not None and image is not None:
                write_image(conversion.target, image, made_from=conversion.source)
            return image, frame

        failures = 0
        with stop_on_interrupt() as stop, closing(pipelined(map(_read, conversions), find, write)) as results:
            for image, frame in results:
                if frame is None:
                    failures += 1
                    exit_code_for(image)
                advance()
                if stop:
                    break
        session.finish()
    if len(conversions) == 1 and frame is not None:
        name = conversions[0].target if job.options.draws else conversions[0].source
        echo(f"{name} ({frame.width}x{frame.height}): {job.described(frame.count)}")
    elif len(conversions) > 1:
        folders = ", ".join(sorted({str(conversion.target.parent) for conversion in conversions}))
        done = f"{session.frames} of {len(conversions)} images, {job.solution.nouns} in {session.hits}"
        echo(f"{folders}: {done}" if job.options.draws else done)
    if stop:
        raise KeyboardInterrupt
    return failures


def _read(conversion: Conversion) -> tuple[Conversion, Any]:
    """The image, or the error of reading it."""
    try:
        return conversion, read_image(conversion.source)
    except MpgraphError as error:
        return conversion, error
