"""The commands for images: unrelated ones, each annotated separately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mpgraph.cli.annotate.data_files import Frame
from mpgraph.cli.annotate.job import Job
from mpgraph.cli.console import echo
from mpgraph.cli.frames.selection import Conversion
from mpgraph.cli.run.image_files import ImageBatch


def annotate_images(conversions: Sequence[Conversion], job: Job) -> int:
    """Annotate images, print a summary, and return how many could not be read, which are reported.

    Raises:
        KeyboardInterrupt: the user has pressed Ctrl-C; the images so far are complete.
        MpgraphError: the graph failed, or a result cannot be written.
    """
    batch = ImageBatch(conversions)
    last: list[Frame] = []

    def record(frame: Frame) -> None:
        source = batch.fed[frame.index].source
        last[:] = [replace(frame, file=str(source), index=0, timestamp_us=0)]
        job.record(last[0])

    with job.session(images=True, record=record) as session:
        batch.convert(session, job.solution.name)
    if len(conversions) == 1 and last:
        name = conversions[0].target if job.options.draws else conversions[0].source
        echo(f"{name} ({last[0].width}x{last[0].height}): {job.described(last[0].count)}")
    elif len(conversions) > 1:
        folders = ", ".join(sorted({str(conversion.target.parent) for conversion in conversions}))
        done = f"{session.frames} of {len(conversions)} images, {job.solution.nouns} in {session.hits}"
        echo(f"{folders}: {done}" if job.options.draws else done)
    if batch.interrupted:
        raise KeyboardInterrupt
    return batch.failures
