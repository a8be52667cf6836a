"""Destinations of images that need nobody who watches: a video file, an image file, or none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mpgraph.errors import MediaError
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.framework.override import override

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.media.encoding import Encoding
    from mpgraph.media.video_reader import VideoInfo
    from mpgraph.media.video_writer import VideoWriter


class Sink:
    """Accepts images with timestamps in microseconds; this class drops them.

    Images are uint8, HxW, HxWx3 or HxWx4, or Yuv420.
    As a context manager it completes its output at the end, and removes it if the body raises.
    count: how many images have been put. stop_requested: whether the viewer has ended the preview.
    """

    def __init__(self) -> None:
        self.count = 0
        self.stop_requested = False

    def put(self, image: Pixels | Yuv420, timestamp_us: int) -> None:
        """Accept one image; its array must not change afterwards."""
        self.count += 1

    def close(self) -> None:
        """Complete the output: a file gets its final name only here."""

    def abort(self) -> None:
        """Remove the output; an existing file of the same name stays."""

    def summary(self) -> str:
        """A line for the user about the completed output, "" if there is nothing to report."""
        return ""

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


class VideoFile(Sink):
    """A video file; the first image determines its size, and whether it has alpha if its format allows it.

    source, info: the video that the images are made from; its frame rate, pixel aspect ratio and sound are
        carried over. encoding: the codec and quality; by default those of the file's format.
    """

    def __init__(
        self,
        path: Path,
        source: Path | None = None,
        info: VideoInfo | None = None,
        encoding: Encoding | None = None,
    ) -> None:
        from mpgraph.media.encoding import Encoding

        super().__init__()
        self._encoding = encoding or Encoding()
        self._encoding.format_for(path)  # Report an unknown suffix before any work is done.
        self._path = path
        self._audio = source
        self._rate = info.frame_rate if info is not None else Fraction(30)
        self._aspect = info.pixel_aspect if info is not None else Fraction(1)
        self._writer: VideoWriter | None = None
        self._size = ""
        self._has_alpha = False

    @override
    def put(self, image: Pixels | Yuv420, timestamp_us: int) -> None:
        from mpgraph.media.video_formats import holds_alpha
        from mpgraph.media.video_writer import VideoWriter

        if self._writer is None:
            height, width = image.shape[:2]
            self._size = f"{width}x{height}"
            self._has_alpha = image.shape[2:] == (4,) and holds_alpha(self._path)
            self._writer = VideoWriter(
                self._path,
                width,
                height,
                self._rate,
                audio_from=self._audio,
                pixel_aspect=self._aspect,
                alpha=self._has_alpha,
                encoding=self._encoding,
            )
        self._writer.write(
            image if self._has_alpha or isinstance(image, Yuv420) else as_rgb(image), timestamp_us
        )
        self.count += 1

    @override
    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    @override
    def abort(self) -> None:
        if self._writer is not None:
            self._writer.abort()

    @override
    def summary(self) -> str:
        if self.count == 0:
            return f'"{self._path}" was not written: there were no frames'
        frames = "frame" if self.count == 1 else "frames"
        return f"{self._path} ({self._size}, {self.count} {frames})"


class ImageFile(Sink):
    """An image file, for exactly one image.

    source: the image file that it is made from, whose color profile, EXIF data and resolution are kept.

    Raises:
        MediaError: on construction, if the suffix is not that of an image; on a second image; on closing
            without an image, and as `write_image`.
    """

    def __init__(self, path: Path, source: Path | None = None) -> None:
        from mpgraph.media.images import check_image_suffix

        super().__init__()
        check_image_suffix(path)
        self._path = path
        self._source = source
        self._image: Pixels | None = None

    @override
    def put(self, image: Pixels | Yuv420, timestamp_us: int) -> None:
        if self._image is not None:
            raise MediaError(f'the graph sent more than one image, but "{self._path}" can hold only one')
        self._image = as_array(image)
        self.count += 1

    @override
    def close(self) -> None:
        from mpgraph.media.images import write_image

        if self._image is None:
            raise MediaError(f'the graph sent no image; "{self._path}" was not written')
        write_image(self._path, self._image, made_from=self._source)

    @override
    def summary(self) -> str:
        if self._image is None:
            return ""
        return f"{self._path} ({self._image.shape[1]}x{self._image.shape[0]})"


def as_array(image: Pixels | Yuv420) -> Pixels:
    """Convert an image as videos store it to HxWx3; others are returned as they are."""
    return image.rgb() if isinstance(image, Yuv420) else image


def as_rgb(image: Pixels | Yuv420) -> Pixels:
    """Convert an image to HxWx3: grey is repeated in all three channels, alpha is dropped."""
    import cv2

    image = as_array(image)
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), np.uint8)
    if image.shape[2] == 4:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGBA2RGB), np.uint8)
    return image
