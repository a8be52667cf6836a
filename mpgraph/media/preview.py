"""A live preview in the browser: frames as they are produced; `q` or Esc ends it.

It is a page on loopback, because the headless OpenCV that mpgraph installs has no windows and every desktop
has a browser.
"""

from __future__ import annotations

import html
import logging
import secrets
import threading
import time
import weakref
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from string import Template
from typing import TYPE_CHECKING

import numpy as np

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.io import native
from mpgraph.io.desktop import has_display, open_browser
from mpgraph.io.loopback_server import LoopbackServer, Reply

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

# A page that is reloaded is back well within this time; a closed page is not.
_RELOAD_SECONDS = 2.0
# The last frame is sent again after this time: a closed page is noticed only when written to.
_REPEAT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 20.0
_SHORTEST_INTERVAL = 1 / 30
_BOUNDARY = "mpgraph-frame"
_JPEG_QUALITY = 85


class Preview(NotPicklable):
    """Shows RGB frames on a page until the viewer ends it; a context manager.

    `url` is the page's address. `open()` creates a preview.
    """

    pickle_instead = "Pass the frames to the process that shows them."

    def __init__(self, title: str) -> None:
        self._title = title
        self._frame = _LatestFrame()
        self._server = LoopbackServer(
            get={"": self._page, "frames": self._frames, "wait": self._wait},
            post={"end": self._end},
            name="mpgraph-preview",
        )
        self.url = self._server.url
        weakref.finalize(self, self._frame.end)  # Those who wait for the end do not delay the interpreter's.
        native.watch(self)

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

    def left_to_parent(self) -> None:
        """In a forked child, which has no server: the preview has ended."""
        self._frame.forget_threads()

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
        return Reply.html(_PAGE.substitute(title=html.escape(self._title), nonce=nonce), policy)

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


class _LatestFrame:
    """The newest frame, handed from the thread that shows frames to those that send them to viewers."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: NDArray[np.uint8] | None = None
        self._number = 0
        self._viewers = 0
        self._last_left: float | None = None
        self.ended = False

    def put(self, pixels: NDArray[np.uint8]) -> None:
        """Replace the newest frame by `pixels`, which must not change afterwards."""
        with self._changed:
            self._newest = pixels
            self._number += 1
            self._changed.notify_all()

    def end(self) -> None:
        """Accept no more frames, and wake every thread that waits."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def forget_threads(self) -> None:
        """In a forked child: have ended, and no viewers."""
        self._changed = threading.Condition()
        self._viewers = 0
        self.ended = True

    def wait_for_end(self, seconds: float) -> bool:
        """Wait at most `seconds`; return whether the preview has ended."""
        with self._changed:
            return self._changed.wait_for(lambda: self.ended, seconds)

    def wait_for_viewers_to_leave(self, seconds: float) -> None:
        """Wait at most `seconds` until no stream is being sent."""
        with self._changed:
            self._changed.wait_for(lambda: self._viewers == 0, seconds)

    def abandoned_for(self, now: float) -> float:
        """Seconds since the last viewer left; 0 while there is a viewer, or if there never was any."""
        with self._changed:
            return 0.0 if self._viewers or self._last_left is None else now - self._last_left

    def stream(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the newest frame again and again, skipping those in between, until the end."""
        sent = 0
        while not self.ended:
            with self._changed:
                if self._number == sent:
                    self._changed.wait(_REPEAT_SECONDS)
                sent, newest = self._number, self._newest
            if newest is not None and not self.ended:
                yield newest

    @contextmanager
    def viewer(self) -> Iterator[None]:
        """Count a viewer while the body runs."""
        with self._changed:
            self._viewers += 1
        try:
            yield
        finally:
            with self._changed:
                self._viewers -= 1
                self._last_left = time.monotonic()
                self._changed.notify_all()


_PAGE = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>$title</title>
<style nonce="$nonce">
  html, body { margin: 0; height: 100%; background: #15181c; color: #d5d9de; }
  body { font: 15px system-ui, sans-serif; display: flex; flex-direction: column; }
  main { flex: 1; min-height: 0; display: flex; align-items: center; justify-content: center; }
  img { width: 100%; height: 100%; object-fit: contain; }
  footer { display: flex; gap: 1em; align-items: center; padding: .5em 1em; background: #20252b; }
  footer span { flex: 1; }
  button { font: inherit; color: inherit; background: #3a424c; border: 0; border-radius: 4px; }
  button { padding: .3em 1em; }
</style>
<main><img src="frames" alt="live preview"></main>
<footer><span id="message">$title: press q or Esc to end</span><button id="end">End</button></footer>
<script nonce="$nonce">
  const message = document.getElementById("message");
  let over = false;
  function finish() {
    over = true;
    document.getElementById("end").remove();
    message.textContent = "The preview has ended; this tab can be closed.";
  }
  function end() {
    if (!over) fetch("end", { method: "POST" }).catch(finish);
  }
  document.getElementById("end").onclick = end;
  document.onkeydown = (event) => {
    if (event.key === "q" || event.key === "Q" || event.key === "Escape") end();
  };
  async function waitForEnd() {
    try {
      while ((await fetch("wait")).status === 204);
    } catch (error) { /* the program has exited: treat it as the end */ }
    finish();
  }
  waitForEnd();
</script>
</html>
""")
