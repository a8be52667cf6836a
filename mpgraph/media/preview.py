"""A live preview in the browser: frames as they are produced; `q` or Esc ends it.

It is a page on loopback, because the headless OpenCV that mpgraph installs has no windows and every desktop
has a browser.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Generator
from http import HTTPStatus
from typing import TYPE_CHECKING

import numpy as np

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.io.desktop import has_display, open_browser
from mpgraph.io.loopback_server import LoopbackServer, Reply
from mpgraph.media.latest_frame import LatestFrame
from mpgraph.media.preview_page import page_html

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

# A page that is reloaded is back well within this time; a closed page is not.
_RELOAD_SECONDS = 2.0
_LONGEST_WAIT_SECONDS = 20.0
_SHORTEST_INTERVAL = 1 / 30
_BOUNDARY = "mpgraph-frame"
_JPEG_QUALITY = 85


class Preview:
    """Shows RGB frames on a page until the viewer ends it; a context manager.

    `url` is the page's address. `open()` creates a preview.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._frame = LatestFrame()
        self._server = LoopbackServer(
            get={"": self._page, "frames": self._frames, "wait": self._wait},
            post={"end": self._end},
            name="mpgraph-preview",
        )
        self.url = self._server.url

    @classmethod
    def open(cls, title: str = "mpgraph", *, browser: bool = True) -> Preview:
        """Start the preview and open its page in the desktop's browser.

        With `browser=False` nothing is opened: pass `url` on to the viewer (from a server, through a
        forwarded port).

        Raises:
            MediaError: `browser` is true and this machine has no display.
        """
        if browser and not has_display():
            raise MediaError(
                "no display to show a live preview on (neither DISPLAY nor WAYLAND_DISPLAY is set); "
                "write the result to a file instead, or use the preview's address without a browser"
            )
        preview = cls(title)
        if browser and not open_browser(preview.url):
            _log.warning("no browser could be opened; the live preview is at %s", preview.url)
        return preview

    def show(self, pixels: NDArray[np.uint8]) -> bool:
        """Show an RGB HxWx3 uint8 frame; False once the viewer has ended the preview.

        It ends with `q` or Esc on the page, its button, or when all its tabs are closed for two seconds.
        Never waits: frames that come faster than the page takes them are skipped.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
            raise InvalidArgumentError(f"a preview shows HxWx3 uint8, not {pixels.dtype} {pixels.shape}")
        if self._frame.abandoned_for(time.monotonic()) > _RELOAD_SECONDS:
            self._frame.end()
        if self._frame.ended:
            return False
        # The page's thread encodes later; by then the caller may have reused a writable array.
        self._frame.put(pixels.copy() if pixels.flags.writeable else pixels)
        return True

    def close(self) -> None:
        """End the preview; an open page shows that it has ended. Harmless when already closed."""
        self._frame.end()
        self._frame.wait_for_viewers_to_leave(1.0)
        self._server.close()

    def __enter__(self) -> Preview:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _page(self, _: bytes) -> Reply:
        nonce = secrets.token_urlsafe(16)
        policy = (
            f"default-src 'none'; img-src 'self'; connect-src 'self'; script-src 'nonce-{nonce}'; "
            f"style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        return Reply.html(page_html(self._title, nonce), policy)

    def _frames(self, _: bytes) -> Reply:
        return Reply(self._parts(), f"multipart/x-mixed-replace; boundary={_BOUNDARY}")

    def _parts(self) -> Generator[bytes, None, None]:
        with self._frame.viewer():
            yield f"--{_BOUNDARY}\r\n".encode()
            for pixels in self._frame.stream():
                started = time.monotonic()
                jpeg = _to_jpeg(pixels)
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
                # Browsers show a part when they receive the boundary after it, so it is sent at once.
                yield head + jpeg + f"\r\n--{_BOUNDARY}\r\n".encode()
                time.sleep(max(0.0, started + _SHORTEST_INTERVAL - time.monotonic()))

    def _wait(self, _: bytes) -> Reply:
        ended = self._frame.wait_for_end(_LONGEST_WAIT_SECONDS)
        return Reply(status=HTTPStatus.GONE if ended else HTTPStatus.NO_CONTENT)

    def _end(self, _: bytes) -> Reply:
        self._frame.end()
        return Reply(status=HTTPStatus.NO_CONTENT)


def _to_jpeg(pixels: NDArray[np.uint8]) -> bytes:
    import cv2

    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
