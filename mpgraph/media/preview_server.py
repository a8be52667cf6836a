"""The loopback web server behind the preview: one page, one stream of JPEGs, one way to end."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from mpgraph.media.preview_page import page_html

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BOUNDARY = "mpgraph-picture"
_JPEG_QUALITY = 85
_SHORTEST_INTERVAL = 1 / 30
# The last picture is sent again after this time: a closed page shows only when written to.
_REPEAT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 20.0
_POLL_SECONDS = 0.05  # how long closing may take


class Pictures:
    """The newest picture, and who is watching; shared by the maker and the server's threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._newest: NDArray[np.uint8] | None = None
        self._number = 0
        self._viewers = 0
        self._last_left: float | None = None
        self.ended = False

    def put(self, pixels: NDArray[np.uint8]) -> None:
        """Make `pixels` the newest picture."""
        with self._changed:
            self._newest = pixels
            self._number += 1
            self._changed.notify_all()

    def end(self) -> None:
        """No more pictures; wakes everyone who waits."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def wait_for_end(self, seconds: float) -> bool:
        """Wait at most `seconds`; say whether the end has come."""
        with self._changed:
            return self._changed.wait_for(lambda: self.ended, seconds)

    def wait_for_viewers_to_leave(self, seconds: float) -> None:
        """Wait at most `seconds` until no stream is being sent."""
        with self._changed:
            self._changed.wait_for(lambda: self._viewers == 0, seconds)

    def abandoned_for(self, now: float) -> float:
        """Seconds since the last viewer left; 0 while there is one, or if there never was."""
        with self._changed:
            return 0.0 if self._viewers or self._last_left is None else now - self._last_left

    def stream(self) -> Iterator[NDArray[np.uint8]]:
        """Yield the newest picture again and again, skipping those in between, until the end."""
        seen = 0
        while not self.ended:
            with self._changed:
                if self._number == seen:
                    self._changed.wait(_REPEAT_SECONDS)
                seen, newest = self._number, self._newest
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


class PreviewServer:
    """Serves `pictures` at `url` from its own threads until `close()`."""

    def __init__(self, title: str) -> None:
        self.pictures = Pictures()
        self._http = _Server(title, self.pictures)
        self.url = f"http://{self._http.authority}{self._http.root}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(_POLL_SECONDS,), name="mpgraph-preview", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End the pictures and stop serving; harmless when closed already."""
        self.pictures.end()
        self.pictures.wait_for_viewers_to_leave(1.0)
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, title: str, pictures: Pictures) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.title = title
        self.pictures = pictures
        self.authority = f"127.0.0.1:{self.server_port}"
        self.root = f"/{secrets.token_urlsafe(16)}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a browser that goes away in mid-picture is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        answers = {"": self._page, "pictures": self._pictures, "wait": self._wait}
        self._dispatch(answers)

    def do_POST(self) -> None:
        self._dispatch({"end": self._end})

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing to the terminal."""

    def _dispatch(self, answers: dict[str, Any]) -> None:
        root = self.server.root
        answer = answers.get(self.path.removeprefix(root)) if self.path.startswith(root) else None
        # The Host header of another name means that a foreign page was pointed at loopback.
        if answer is None or self.headers.get("Host") != self.server.authority:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        answer()

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        body = page_html(self.server.title, nonce).encode()
        policy = f"default-src 'none'; img-src 'self'; connect-src 'self'; script-src 'nonce-{nonce}'; "
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy + f"style-src 'nonce-{nonce}'")
        self._end_private_headers()
        self.wfile.write(body)

    def _pictures(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        self._end_private_headers()
        with self.server.pictures.viewer():
            self.wfile.write(f"--{_BOUNDARY}\r\n".encode())
            for pixels in self.server.pictures.stream():
                started = time.monotonic()
                jpeg = _to_jpeg(pixels)
                head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
                # Browsers show a part when they see the boundary after it, so it goes out at once.
                self.wfile.write(head + jpeg + f"\r\n--{_BOUNDARY}\r\n".encode())
                time.sleep(max(0.0, started + _SHORTEST_INTERVAL - time.monotonic()))

    def _wait(self) -> None:
        ended = self.server.pictures.wait_for_end(_LONGEST_WAIT_SECONDS)
        self._empty(HTTPStatus.GONE if ended else HTTPStatus.NO_CONTENT)

    def _end(self) -> None:
        self.server.pictures.end()
        self._empty(HTTPStatus.NO_CONTENT)

    def _empty(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self._end_private_headers()

    def _end_private_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()


def _to_jpeg(pixels: NDArray[np.uint8]) -> bytes:
    import cv2

    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
