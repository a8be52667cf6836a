"""Where pictures go: a video file, a picture file, the live preview, or nowhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import typer

from mpgraph.errors import MediaError

if TYPE_CHECKING:
    from mpgraph.effects.matte import Picture
    from mpgraph.media.preview import Preview
    from mpgraph.media.video_reader import VideoInfo
    from mpgraph.media.video_writer import VideoWriter


class Sink:
    """Takes pictures (HxW, HxWx3 or HxWx4 uint8) with times in microseconds, and drops them.

    count: how many came. wants_end: whether whoever watches has had enough. Leaving its `with`
    body well completes what it writes, leaving with an error removes it.
    """

    def __init__(self) -> None:
        self.count = 0
        self.wants_end = False

    def put(self, picture: Picture, timestamp_us: int) -> None:
        """Take one picture."""
        self.count += 1

    def close(self) -> None:
        """Complete what is written."""

    def abort(self) -> None:
        """Remove what is written."""

    def summary(self) -> str:
        """What to tell the user at the end, "" for nothing."""
        return ""

    def __enter__(self) -> Sink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


class VideoFile(Sink):
    """A video; its size is that of the first picture.

    info: of the video the pictures are made from; its rate, pixel shape and sound are carried over.
    """

    def __init__(self, path: Path, source: Path | None = None, info: VideoInfo | None = None) -> None:
        from mpgraph.media.video_formats import video_format

        super().__init__()
        video_format(path)  # An unknown suffix should show before the work.
        self._path = path
        self._source = source if info is not None and info.has_audio else None
        self._rate = info.frame_rate if info is not None else Fraction(30)
        self._aspect = info.pixel_aspect if info is not None else Fraction(1)
        self._writer: VideoWriter | None = None
        self._size = (0, 0)

    def put(self, picture: Picture, timestamp_us: int) -> None:
        """Write one frame."""
        if self._writer is None:
            self._writer = self._open(picture)
        self._writer.write(as_rgb(picture), timestamp_us)
        self.count += 1

    def _open(self, picture: Picture) -> VideoWriter:
        from mpgraph.media.video_writer import VideoWriter

        height, width = picture.shape[:2]
        self._size = width, height
        return VideoWriter(
            self._path, width, height, self._rate, audio_from=self._source, pixel_aspect=self._aspect
        )

    def close(self) -> None:
        """Finish the file; none appears when no frame came."""
        if self._writer is not None:
            self._writer.close()

    def abort(self) -> None:
        """Drop the file."""
        if self._writer is not None:
            self._writer.abort()

    def summary(self) -> str:
        """The file, its size and length."""
        width, height = self._size
        if self.count == 0:
            return f'"{self._path}" was not written: no frame came'
        return f"{self._path} ({width}x{height}, {self.count} frame{'s' if self.count > 1 else ''})"


class PictureFile(Sink):
    """One picture.

    Raises:
        MediaError: at once, for a name that is no picture's; on a second picture; as write_image.
    """

    def __init__(self, path: Path) -> None:
        from mpgraph.media.images import check_image_suffix

        super().__init__()
        check_image_suffix(path)
        self._path = path
        self._picture: Picture | None = None

    def put(self, picture: Picture, timestamp_us: int) -> None:
        """Keep the picture until the end."""
        if self._picture is not None:
            raise MediaError(f'more than one picture came out; "{self._path}" can hold only one, a video all')
        self._picture = picture
        self.count += 1

    def close(self) -> None:
        """Write the picture."""
        from mpgraph.media.images import write_image

        if self._picture is None:
            raise MediaError(f'no picture came out of the graph; "{self._path}" was not written')
        write_image(self._path, self._picture)

    def summary(self) -> str:
        """The file and its size."""
        if self._picture is None:
            return ""
        return f"{self._path} ({self._picture.shape[1]}x{self._picture.shape[0]})"


class PreviewPage(Sink):
    """The live preview. With `browser` off its address is printed instead of opened.

    paced: hold pictures back until their time since the first one, as a player does.

    Raises:
        MediaError: there is no display, and `browser` is on.
    """

    def __init__(self, title: str, browser: bool, paced: bool = False) -> None:
        from mpgraph.io.desktop import has_display
        from mpgraph.media.preview import Preview

        super().__init__()
        if browser and not has_display():
            raise MediaError(
                "there is no display for the live preview: give an output file, or --no-browser and open the "
                "address it prints through a forwarded port"
            )
        self._paced = paced
        self._start: float | None = None
        self._preview: Preview = Preview.open(title, browser=browser)
        typer.echo(f"Live preview at {self._preview.url} (q or Esc there, or Ctrl-C here, ends)", err=True)

    def put(self, picture: Picture, timestamp_us: int) -> None:
        """Show the picture, when its time has come."""
        if self._paced:
            now = time.monotonic()
            self._start = now - timestamp_us / 1e6 if self._start is None else self._start
            time.sleep(max(0.0, self._start + timestamp_us / 1e6 - now))
        self.wants_end = not self._preview.show(as_rgb(picture))
        self.count += 1

    def close(self) -> None:
        """Close the page."""
        self._preview.close()

    abort = close


class Several(Sink):
    """All of some sinks at once."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        super().__init__()
        self._sinks = sinks

    def put(self, picture: Picture, timestamp_us: int) -> None:
        """Hand the picture to each."""
        for sink in self._sinks:
            sink.put(picture, timestamp_us)
        self.wants_end = any(sink.wants_end for sink in self._sinks)
        self.count += 1

    def close(self) -> None:
        """Complete each."""
        for sink in self._sinks:
            sink.close()

    def abort(self) -> None:
        """Remove each."""
        for sink in self._sinks:
            sink.abort()

    def summary(self) -> str:
        """What each has to say."""
        return "\n".join(filter(None, (sink.summary() for sink in self._sinks)))


def as_rgb(picture: Picture) -> Picture:
    """Return the picture as HxWx3: grey in all three channels, alpha left out."""
    import cv2

    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8)
    if picture.shape[2] == 4:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB), np.uint8)
    return picture


def camera_sink(title: str, recording: Path | None, browser: bool) -> Sink:
    """Return where a camera's pictures go: the preview, a recording too, or that alone without a display."""
    from mpgraph.io.desktop import has_display

    sinks: list[Any] = [VideoFile(recording)] if recording is not None else []
    if not recording or has_display() or not browser:
        sinks.append(PreviewPage(title, browser))
    return Several(sinks)
