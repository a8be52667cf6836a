"""`mpgraph selfie` for a video file or a camera."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer

from mpgraph.cli.frames.output_paths import output_file, refuse_to_replace
from mpgraph.cli.frames.pipeline import TimedPixels, process_frames
from mpgraph.cli.frames.sinks import camera_sink
from mpgraph.cli.selfie.job import SelfieJob
from mpgraph.errors import MediaError
from mpgraph.media.video_formats import video_format
from mpgraph.session.sinks import Sink, VideoFile

if TYPE_CHECKING:
    from mpgraph.effects.matte import Mask, Pixels
    from mpgraph.media.frames import VideoFrame

_SUFFIX = ".mp4"
_TRANSPARENT_SUFFIX = ".webm"


def convert_video(source: Path, output: Path | None, job: SelfieJob) -> None:
    """Convert a video, keeping frame times, rotation and sound, and print the name and size of the result.

    After Ctrl-C, the frames done so far make a shorter, playable video.
    """
    from mpgraph.media.video_reader import VideoReader

    suffix = _TRANSPARENT_SUFFIX if job.transparent else _SUFFIX
    target = output_file(source, output, job.label, suffix, job.force)
    video_format(target, alpha=job.transparent)
    start = time.perf_counter()
    with VideoReader(source) as reader:
        sink = VideoFile(target, source, reader.info)
        count, interrupted = _process(job, reader, sink, source.name, total=reader.info.frame_count)
    typer.echo(f"{sink.summary()[:-1]}, {count / (time.perf_counter() - start):.0f} fps)")
    if interrupted:
        raise KeyboardInterrupt


def process_camera(number: int, recording: Path | None, job: SelfieJob, browser: bool) -> None:
    """Show a camera's mirrored view with the effect until the user stops it; optionally record it."""
    from mpgraph.media.camera import Camera

    if recording is not None:
        refuse_to_replace(recording, job.force)
        video_format(recording, alpha=job.transparent)
    elif job.transparent:
        raise MediaError("the live preview has no transparency: name a recording, .webm or .mov, too")
    with Camera(number) as camera:
        sink = camera_sink("selfie", recording, browser)
        _process(job, camera, sink, f"camera {number}", live=True)
    if recording is not None:
        typer.echo(sink.summary())


def _process(
    job: SelfieJob,
    frames: Iterable[VideoFrame],
    sink: Sink,
    label: str,
    *,
    total: int | None = None,
    live: bool = False,
) -> tuple[int, bool]:
    """Pass frames through the network and the effect into a sink, as `process_frames`; live ones mirrored."""
    with sink, job.segmenter() as segmenter:

        def segment(frame: VideoFrame) -> tuple[Pixels, Mask, int]:
            image = np.ascontiguousarray(frame.pixels[:, ::-1]) if live else frame.pixels
            return image, segmenter.process(image).segmentation_mask, frame.timestamp_us

        def apply_effect(segmented: tuple[Pixels, Mask, int]) -> list[TimedPixels]:
            image, mask, timestamp_us = segmented
            return [(job.effect.apply(image, mask), timestamp_us)]

        return process_frames(frames, segment, sink, finish=apply_effect, label=label, total=total, live=live)
