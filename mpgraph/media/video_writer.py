"""Writing video files: frames with exact times, audio from another file, complete or absent."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.io import native
from mpgraph.io.cores import core_limit, usable_cores
from mpgraph.io.files import AtomicOutput, output_error
from mpgraph.io.native import NativeLock
from mpgraph.media.carried_over import carry_over
from mpgraph.media.containers import load_av
from mpgraph.media.encoding import DEFAULT_ENCODING, Encoding
from mpgraph.media.frame_pixels import planes_of
from mpgraph.media.frames import exact_rate
from mpgraph.media.track import Track
from mpgraph.media.video_formats import VideoFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MICROSECONDS = 1_000_000
_BT709 = 1
_LIMITED_RANGE = 1


class VideoWriter(NotPicklable):
    """Writes RGB or RGBA frames with their times as a video; the suffix of `path` selects the format.

    `.mp4`, `.m4v` and `.mov` contain H.264 (High profile, yuv420p, BT.709, index first) and AAC, which
    every browser plays, with times in microseconds; `.mkv` contains the same and `.webm` VP9 and
    Opus, both with times in milliseconds; `.gif` has times in hundredths and no audio. H.264 needs
    even sizes: an odd width or height is encoded one pixel larger, with the last column or row repeated.
    Pixels that are not square (`pixel_aspect`) stay so, but are scaled to squares in WebM and GIF.
    With `alpha` frames are RGBA, and only `.webm` (VP9 with alpha) and `.mov` (ProRes 4444, 10 bits) can be
    written. `encoding` selects another codec or quality.

    `frame_rate` is the nominal rate that players report; times within a microsecond of its grid
    are rounded to the grid, so 29.97 stays 30000/1001, and all others are kept. `audio_from` is a file
    whose audio and subtitles are added, copied if the format allows it, else re-encoded, with its chapters,
    title and date; a warning names what the format cannot hold. Times have the same origin as
    VideoReader's. Audio that is longer than the video is kept only if all frames of that
    file were written.

    The file gets its name in `close()`; `abort()`, an error inside `with`, or a failing write
    leaves nothing. To keep what was written before Ctrl-C, catch KeyboardInterrupt inside the
    `with` body and continue to its end: an interrupt inside `write()` leaves the video intact.
    Threads may share a writer: their calls take turns.

    Raises:
        MediaError: unknown suffix, or one without transparency for `alpha`, unwritable destination, full
            disk, unreadable `audio_from`, a size the encoder refuses, or PyAV is not installed.
    """

    pickle_instead = "Pass the frames to the process that writes the file."

    def __init__(
        self,
        path: str | os.PathLike[str],
        width: int,
        height: int,
        frame_rate: Fraction | float = Fraction(30),
        *,
        audio_from: str | os.PathLike[str] | None = None,
        pixel_aspect: Fraction = Fraction(1),
        alpha: bool = False,
        encoding: Encoding = DEFAULT_ENCODING,
    ) -> None:
        if width < 1 or height < 1:
            raise InvalidArgumentError(f"a video of {width}x{height} pixels cannot be written")
        self._av = load_av()
        self._format = encoding.format_for(path, alpha=alpha)
        self._rate = exact_rate(frame_rate)
        self._width, self._height = width, height
        self._path = path
        self._output = AtomicOutput(path)
        self._lock = NativeLock()
        self._container: Any = None
        self._tracks: list[Track] = []
        self._last_ticks = -1
        self.frames_written = 0
        self._was_forked = False
        native.watch(self)
        try:
            self._open(audio_from, pixel_aspect)
        except BaseException as error:
            self.abort()
            self._explain(error)
            raise

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if error is None:
            self.close()
        else:
            self.abort()

    def write(self, pixels: NDArray[np.uint8] | Yuv420, timestamp_us: int) -> None:
        """Add one frame of the writer's size, HxWx3 or with `alpha` HxWx4, uint8; times increase from 0.

        Frames as Yuv420 are written into files of this format as they are, into others as RGB.

        Raises:
            InvalidArgumentError: another size or type, or a time not after the last.
            MediaError: it cannot be written; the output is removed.
        """
        with self._lock:
            if self._container is None:
                whose = (
                    "written by the process that this one was forked from" if self._was_forked else "closed"
                )
                raise MediaError(f'"{self._path}" is {whose}; no more frames can be written')
            if isinstance(pixels, Yuv420) and not self._takes_yuv(pixels):
                pixels = pixels.rgb()
            self._check(pixels)
            ticks = self._to_ticks(timestamp_us)
            if ticks <= self._last_ticks:
                raise InvalidArgumentError(f"frame times must increase from 0; {timestamp_us} us does not")
            try:
                self._encode(self._to_frame(pixels, ticks))
                for track in self._tracks:
                    track.mux_until(timestamp_us)
            except Exception as error:
                self.abort()
                self._explain(error)
                raise
            self._last_ticks = ticks
            self.frames_written += 1

    def close(self) -> None:
        """Finish the file and rename it; harmless when already closed.

        Raises:
            MediaError: no frame was written, or the rest cannot be written; the output is removed.
        """
        with self._lock:
            if self._container is None:
                return
            try:
                if self.frames_written == 0:
                    raise MediaError(f'"{self._path}" was not written: there was no frame to write')
                self._encode(None)
                for track in self._tracks:
                    track.finish(self._end_us())
                self._container.close()
            except BaseException as error:
                self.abort()
                self._explain(error)
                raise
            self._release()
            self._output.commit()

    def abort(self) -> None:
        """Remove the output; an older file of its name stays. Harmless when already closed."""
        with self._lock:
            if self._container is not None:
                with suppress(self._av.error.FFmpegError, OSError):
                    self._container.close()
            self._release()
            self._output.discard()

    def left_to_parent(self) -> None:
        """In a forked child: the file is the parent's."""
        self._lock = NativeLock()
        self._was_forked = True
        self._container = None
        self._tracks = []

    def _open(self, audio_from: str | os.PathLike[str] | None, pixel_aspect: Fraction) -> None:
        kind = self._format
        options = {"movflags": "+faststart"} if kind.has_index_first else {}
        self._container = self._av.open(
            os.path.abspath(self._output.temporary), "w", format=kind.container, options=options
        )
        self._stream = self._container.add_stream(kind.codec, rate=self._rate, options=dict(kind.options))
        self._stream.width, self._stream.height = self._stored_size(pixel_aspect)
        self._stream.pix_fmt = kind.pixel_format
        self._stream.thread_type = "AUTO"
        self._stream.metadata.update(kind.stream_metadata)
        # With more threads x264 takes more CPU time, from whatever makes the frames.
        half = max(1, usable_cores() // 2) if kind.codec == "libx264" else 0
        self._stream.thread_count = core_limit() or half
        self._time_base = self._choose_time_base(kind)
        context = self._stream.codec_context
        context.time_base = self._stream.time_base = self._time_base
        context.sample_aspect_ratio = pixel_aspect if kind.keeps_pixel_aspect else Fraction(1)
        if kind.is_yuv:
            context.color_primaries = context.color_trc = context.colorspace = _BT709
            context.color_range = _LIMITED_RANGE
        self._reformatter = self._av.video.reformatter.VideoReformatter()
        if audio_from is not None:
            self._tracks = carry_over(audio_from, self._container, kind)
        os.environ.setdefault("SVT_LOG", "1")  # Errors only, in SVT-AV1.
        self._container.start_encoding()

    def _stored_size(self, pixel_aspect: Fraction) -> tuple[int, int]:
        width, height = self._width, self._height
        if not self._format.keeps_pixel_aspect:
            one = Fraction(1)
            width, height = round(width * max(one, pixel_aspect)), round(height / min(one, pixel_aspect))
        step = 2 if self._format.needs_even_size else 1
        return -(-width // step) * step, -(-height // step) * step

    def _encode(self, frame: Any) -> None:
        # A single call into C code without Python steps, between which a KeyboardInterrupt could lose
        # encoded packets that later frames depend on.
        deque(map(self._container.mux, map(self._stream.encode, (frame,))), maxlen=0)

    def _choose_time_base(self, kind: VideoFormat) -> Fraction:
        if kind.ticks_per_second is not None:
            return Fraction(1, kind.ticks_per_second)
        # At least one tick per microsecond, and a whole number of ticks between frames of the grid.
        return Fraction(1, self._rate.numerator * -(-_MICROSECONDS // self._rate.numerator))

    def _to_ticks(self, timestamp_us: int) -> int:
        seconds = Fraction(timestamp_us, _MICROSECONDS)
        on_grid = Fraction(round(seconds * self._rate)) / self._rate
        if abs(on_grid - seconds) <= Fraction(1, _MICROSECONDS):
            seconds = on_grid
        return round(seconds / self._time_base)

    def _end_us(self) -> int:
        end = self._last_ticks * self._time_base + 1 / self._rate
        return round(end * _MICROSECONDS)

    def _takes_yuv(self, image: NDArray[np.uint8] | Yuv420) -> bool:
        """Whether the image has the size that is stored, and that an encoder of YUV 4:2:0 stores."""
        width, height = self._stream.width, self._stream.height
        is_even = not (height % 2 or width % 2)
        return self._format.pixel_format == "yuv420p" and image.shape[:2] == (height, width) and is_even

    def _to_frame(self, pixels: NDArray[np.uint8] | Yuv420, ticks: int) -> Any:
        width, height = self._stream.width, self._stream.height
        if self._format.needs_even_size and (width, height) != (self._width, self._height):
            padding = ((0, height - self._height), (0, width - self._width), (0, 0))
            pixels = np.pad(cast(Any, pixels), padding, mode="edge")
        if self._takes_yuv(pixels):
            frame = self._av.VideoFrame(width, height, "yuv420p")
            planes_of(frame).fill(pixels)
        else:
            layout, kind = "rgba" if self._format.has_alpha else "rgb24", self._format.pixel_format
            rgb = self._av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format=layout)
            frame = self._reformatter.reformat(rgb, width, height, kind, **self._colors())
        frame.pts = ticks
        frame.time_base = self._time_base
        return frame

    def _colors(self) -> dict[str, str]:
        if not self._format.is_yuv:
            return {}
        return {"dst_colorspace": "ITU709", "src_color_range": "JPEG", "dst_color_range": "MPEG"}

    def _check(self, pixels: NDArray[np.uint8] | Yuv420) -> None:
        expected = (self._height, self._width, 4 if self._format.has_alpha else 3)
        if isinstance(pixels, Yuv420):
            return
        if pixels.dtype != np.uint8 or pixels.shape != expected:
            raise InvalidArgumentError(
                f"a frame of this video is uint8 {expected}; this one is {pixels.dtype} {pixels.shape}"
            )

    def _release(self) -> None:
        self._container = None
        for track in self._tracks:
            track.close()
        self._tracks = []

    def _explain(self, error: BaseException) -> None:
        """Raise errors of FFmpeg and the system as MediaError; return for all other errors."""
        if isinstance(error, MediaError) or not isinstance(error, (self._av.error.FFmpegError, OSError)):
            return
        if isinstance(error, OSError):
            raise output_error(self._path, error) from None
        size = f"{self._width}x{self._height}"
        raise MediaError(f'cannot write "{self._path}" ({size} {self._format.codec}): {error}') from None
