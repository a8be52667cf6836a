"""`mpgraph selfie` for a video file or a camera."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer

from mpgraph.cli.frames.outputs import output_file, refuse_to_replace
from mpgraph.cli.frames.pump import Shown, pump
from mpgraph.cli.frames.sinks import VideoFile, camera_sink
from mpgraph.cli.selfie.job import SelfieJob
from mpgraph.errors import MediaError

if TYPE_CHECKING:
    from mpgraph.effects.matte import Mask, Picture
    from mpgraph.media.video_frame import VideoFrame

_SUFFIX = ".mp4"

Segmented = tuple["Picture", "Mask", int]
"""A picture, its mask, and its time in microseconds."""


def convert_video(source: Path, output: Path | None, job: SelfieJob) -> None:
    """Convert a video, with its frame times, rotation and sound, and print the name of the result.

    After Ctrl-C the frames done so far make a shorter video that plays.
    """
    from mpgraph.media.video_reader import VideoReader

    target = output_file(source, output, job.label, _SUFFIX, job.force)
    _refuse_transparency(job)
    began = time.perf_counter()
    finish = partial(_apply, job)
    with VideoReader(source) as reader, job.segmenter() as segmenter:

        def segment(frame: VideoFrame) -> Segmented:
            return frame.pixels, segmenter.process(frame.pixels).segmentation_mask, frame.timestamp_us

        with VideoFile(target, source, reader.info) as sink:
            count, interrupted = pump(
                reader, segment, sink, finish=finish, label=source.name, total=reader.info.frame_count
            )
    typer.echo(f"{sink.summary()[:-1]}, {count / (time.perf_counter() - began):.0f} a second)")
    if interrupted:
        raise KeyboardInterrupt


def show_camera(number: int, recording: Path | None, job: SelfieJob, browser: bool) -> None:
    """Show a camera's mirrored view with the effect, and record it if asked, until the user ends it."""
    from mpgraph.media.camera import Camera

    _refuse_transparency(job)
    if recording is not None:
        refuse_to_replace(recording, job.force)
    finish = partial(_apply, job)
    with Camera(number) as camera, job.segmenter() as segmenter:

        def segment(frame: VideoFrame) -> Segmented:
            mirrored = np.ascontiguousarray(frame.pixels[:, ::-1])
            return mirrored, segmenter.process(mirrored).segmentation_mask, frame.timestamp_us

        with camera_sink("selfie", recording, browser) as sink:
            pump(camera, segment, sink, finish=finish, label=f"camera {number}", live=True)
    if recording is not None:
        typer.echo(sink.summary())


def _apply(job: SelfieJob, segmented: Segmented) -> list[Shown]:
    image, mask, timestamp_us = segmented
    return [(job.effect.apply(image, mask), timestamp_us)]


def _refuse_transparency(job: SelfieJob) -> None:
    if job.transparent:
        raise MediaError(
            "videos written here have no transparency: use --background lime and key the green out in your "
            "editor, or --mask-only for a matte"
        )
