"""Cameras: always the newest frame, with its time of arrival."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.io import native
from mpgraph.io.opencv import quiet_opencv
from mpgraph.media.frames import VideoFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

# Waiting in short steps lets Ctrl-C interrupt it on every system.
_WAIT_SECONDS = 0.25
# A camera that hangs must not keep the program from exiting; its thread is then left running.
_CLOSE_SECONDS = 3.0
# A camera misses frames occasionally; one that is unplugged delivers none any more.
_RETRY_SECONDS = 1.0
_RETRY_PAUSE_SECONDS = 0.02


class Camera(NotPicklable):
    """Iterates the frames of a camera; a context manager.

    `source` is the camera's number (0 is the first), or a device path or stream address.
    A thread reads continuously and keeps only the newest frame, so that slow processing skips frames
    instead of falling behind. Times are those of arrival, relative to the first frame, and strictly
    increase; `index` counts delivered frames. `width`, `height` and `fps` are requests to the camera; the
    attributes `width` and `height` are its actual size.

    The iteration ends on `close()` and at the end of a stream address. It also ends, with a warning, when the
    camera is unplugged or its frames change their size, so that a recording can be completed.

    Raises:
        MediaError: no such camera, no permission, or no frame from it.
    """

    pickle_instead = "Pass its frames, or open the camera in the process that reads it."

    def __init__(
        self,
        source: int | str | os.PathLike[str] = 0,
        width: int | None = None,
        height: int | None = None,
        fps: float | None = None,
    ) -> None:
        if isinstance(source, int) and source < 0:
            raise InvalidArgumentError(f"cameras are numbered from 0; there is none with number {source}")
        self._source = source if isinstance(source, int) else os.fspath(source)
        self._capture = _open_capture(self._source, width, height, fps)
        self._closing = False
        with quiet_opencv():
            first = self._next_pixels()
        if first is None:
            self._capture.release()
            raise MediaError(
                f"{_name(self._source)} opens but delivers no frame; is another program using it?"
            )
        self.height, self.width = first.shape[:2]
        self._start_ns = time.monotonic_ns()
        self._changed = threading.Condition()
        self._newest: tuple[int, NDArray[np.uint8]] | None = (0, first)
        self._ended = False
        self._last_us = -1
        self._delivered = 0
        self._thread = threading.Thread(target=self._read, name="mpgraph-camera", daemon=True)
        self._thread.start()
        native.watch(self)

    def __iter__(self) -> Iterator[VideoFrame]:
        return self

    def __next__(self) -> VideoFrame:
        import cv2

        with self._changed:
            while self._newest is None and not self._ended and not self._closing:
                self._changed.wait(_WAIT_SECONDS)
            if self._newest is None or self._closing:
                raise StopIteration
            arrived_us, pixels = self._newest
            self._newest = None
        self._last_us = max(arrived_us, self._last_us + 1)
        rgb = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        self._delivered += 1
        return VideoFrame(rgb, self._last_us, self._delivered - 1)

    def __enter__(self) -> Camera:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the camera; iterating ends. Harmless when already closed."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(_CLOSE_SECONDS)

    def left_to_parent(self) -> None:
        """In a forked child, which has no thread that reads: there are no more frames."""
        self._changed = threading.Condition()
        self._newest, self._ended = None, True

    def _read(self) -> None:
        # The thread that reads also releases: OpenCV allows no release during a read.
        try:
            with quiet_opencv():
                while not self._closing:
                    pixels = self._next_pixels()
                    if pixels is None or not self._is_of_size(pixels):
                        break
                    arrived_us = (time.monotonic_ns() - self._start_ns) // 1000
                    with self._changed:
                        self._newest = (arrived_us, pixels)
                        self._changed.notify_all()
        finally:
            self._capture.release()
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _next_pixels(self) -> NDArray[np.uint8] | None:
        """The next frame; None if there is none, for a camera after some time."""
        import cv2

        deadline = time.monotonic() + _RETRY_SECONDS
        while not self._closing:
            try:
                ok, pixels = self._capture.read()
            except cv2.error:
                ok, pixels = False, None
            if ok and pixels is not None:
                frame: NDArray[np.uint8] = pixels
                return frame
            if not _is_device(self._source):
                return None
            if time.monotonic() > deadline:
                _log.warning("%s stopped delivering frames; was it unplugged?", _name(self._source))
                return None
            time.sleep(_RETRY_PAUSE_SECONDS)
        return None

    def _is_of_size(self, pixels: NDArray[np.uint8]) -> bool:
        height, width = pixels.shape[:2]
        if (width, height) == (self.width, self.height):
            return True
        _log.warning(
            "%s changed its size from %dx%d to %dx%d and is stopped",
            *(_name(self._source), self.width, self.height, width, height),
        )
        return False


def _is_device(source: int | str) -> bool:
    return isinstance(source, int) or source.startswith("/dev/")


def _open_capture(source: int | str, width: int | None, height: int | None, fps: float | None) -> Any:
    import cv2

    requested = {cv2.CAP_PROP_FRAME_WIDTH: width, cv2.CAP_PROP_FRAME_HEIGHT: height, cv2.CAP_PROP_FPS: fps}
    with quiet_opencv():
        try:
            capture = cv2.VideoCapture(source)
        except cv2.error as error:
            raise MediaError(f"cannot open {_name(source)}: {error.err}") from None
        if not capture.isOpened():
            capture.release()
            raise MediaError(f"cannot open {_name(source)}{_why(source)}")
        for property_id, value in requested.items():
            if value is not None:
                capture.set(property_id, value)
    return capture


def _name(source: int | str) -> str:
    return f"camera {source}" if isinstance(source, int) else f'"{source}" as a camera'


def _why(source: int | str) -> str:
    device = Path(f"/dev/video{source}" if isinstance(source, int) else source)
    if sys.platform == "darwin":
        return ": not connected, or this program is not allowed to use it (System Settings, Privacy, Camera)"
    if not sys.platform.startswith("linux"):
        return ": not connected, or in use"
    if device.exists() and not os.access(device, os.R_OK | os.W_OK):
        return f': no permission for {device}; add yourself to the group "{_group(device)}"'
    if device.exists():
        return ": in use by another program, or not a camera that delivers frames"
    present = sorted(path.name.removeprefix("video") for path in Path("/dev").glob("video[0-9]*"))
    if present:
        return f": there is none; numbers present here: {', '.join(present)}"
    return ": this machine has no camera"


def _group(device: Path) -> str:
    try:
        return device.group()
    except (KeyError, OSError):
        return "video"
