"""Where the frames of a camera go."""

from __future__ import annotations

from pathlib import Path

from mpgraph.cli.frames.sinks import CombinedSink, LivePreview
from mpgraph.cli.frames.virtual_camera import VirtualCamera
from mpgraph.io.desktop import has_display
from mpgraph.media.encoding import Encoding
from mpgraph.session.sinks import Sink, VideoFile


def camera_sink(
    title: str,
    recording: Path | None,
    browser: bool,
    encoding: Encoding | None = None,
    virtual_camera: bool = False,
) -> Sink:
    """Return the sink for a camera: preview, recording and virtual camera; no preview without a display."""
    sinks: list[Sink] = [VideoFile(recording, encoding=encoding)] if recording is not None else []
    if virtual_camera:
        sinks.append(VirtualCamera())
    if not sinks or has_display() or not browser:
        sinks.append(LivePreview(title, browser))
    return CombinedSink(sinks)
