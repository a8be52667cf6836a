"""The loopback web server of the page. Only this machine reaches it, and only with its secret address."""

from __future__ import annotations

import json
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

from mpgraph.errors import InvalidArgumentError, MpgraphError, UnavailableError
from mpgraph.media.preview import has_display, open_browser
from mpgraph.visualizer.expansion import Expand
from mpgraph.visualizer.html import content_policy
from mpgraph.visualizer.page_session import MAX_CHARACTERS, PageSession

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.05  # how long closing may take
_MOST_BYTES = 4 * MAX_CHARACTERS


@dataclass(frozen=True)
class Reply:
    """An answer: all at once, or piece by piece as an iterable of bytes yields it, each sent at once."""

    body: bytes | Iterable[bytes]
    content_type: str = "application/json"


Route: TypeAlias = Callable[[bytes], Reply]
"""Takes the body of a request, b"" of a GET. May raise MpgraphError, which the page is told."""


def serve(
    paths: Sequence[str | os.PathLike[str]],
    *,
    diff: bool = False,
    expand: Expand = (),
    dark: bool = False,
    open_browser: bool = True,
    port: int = 0,
    announce: Callable[[str], None] | None = None,
    extras: Mapping[str, object] | None = None,
) -> None:
    """Serve the page of graph files until Ctrl-C.

    paths, diff, expand, dark: see PageSession.
    open_browser: open the page, where there is a desktop. port: 0 for any free one.
    announce: told the page's address. extras: data for extensions of the page, by name.
    """
    session = PageSession(paths, diff=diff, expand=expand, dark=dark, extras=extras)
    with PageServer(session, port=port) as server:
        if announce:
            for path in paths:
                if not os.path.exists(path):
                    announce(f"{os.fspath(path)} does not exist yet: saving makes it.")
            announce(server.url)
        if open_browser:
            server.open_browser()
        with suppress(KeyboardInterrupt):
            server.wait()


class PageServer:
    """Serves a session's page at `url` from its own threads until `close()`; a context manager.

    routes: more names below `url` that answer, by GET as well as POST, such as live statistics. They
        are for the page alone: requests from elsewhere do not get through to them.
    Raises UnavailableError if the port is taken.
    """

    def __init__(
        self, session: PageSession, *, port: int = 0, routes: Mapping[str, Route] | None = None
    ) -> None:
        try:
            self._http = _Server(session, port, routes or {})
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UnavailableError(f"Port {port} cannot be used: {reason}.") from None
        self.url = f"http://{self._http.authority}{self._http.root}"
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(_POLL_SECONDS,), name="mpgraph-page", daemon=True
        )
        self._thread.start()

    def open_browser(self) -> bool:
        """Open the page on the desktop; False if there is none or it has no browser."""
        if has_display() and open_browser(self.url):
            return True
        _log.info("no browser could be opened; the page is at %s", self.url)
        return False

    def wait(self) -> None:
        """Wait for `close()` from elsewhere, or Ctrl-C."""
        while not self._stopped.wait(1.0):
            pass

    def close(self) -> None:
        """Stop serving; harmless when closed already."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()

    def __enter__(self) -> PageServer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, session: PageSession, port: int, routes: Mapping[str, Route]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.session = session
        self.authority = f"127.0.0.1:{self.server_port}"
        self.root = f"/{secrets.token_urlsafe(16)}/"
        self.extra = dict(routes)
        self.posts: dict[str, Route] = {
            "examine": self._examine,
            "read": lambda body: _json({"text": session.read(_text(_object(body), "file"))}),
            "save": self._save,
            "share": self._share,
            "versions": lambda _: _json(session.versions()),
        }

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a browser that goes away in mid-answer is no error."""

    def _examine(self, body: bytes) -> Reply:
        asked = _object(body)
        return _json(self.session.examine(_text(asked, "main"), _texts(asked)))

    def _save(self, body: bytes) -> Reply:
        asked = _object(body)
        self.session.save(_text(asked, "file"), _text(asked, "text"))
        return _json({})

    def _share(self, body: bytes) -> Reply:
        asked = _object(body)
        page = self.session.share(_text(asked, "main"), _texts(asked))
        return Reply(page.encode(), "text/html; charset=utf-8")


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        if self.path == self.server.root and self._trusted():
            self._page()
        else:
            self._answer(self.server.extra)

    def do_POST(self) -> None:
        self._answer({**self.server.extra, **self.server.posts})

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing to the terminal."""

    def _trusted(self) -> bool:
        # A Host header of another name means that a foreign page was pointed at loopback; an Origin of
        # another name, that one sends requests from where it is.
        own = f"http://{self.server.authority}"
        return self.headers.get("Host") == self.server.authority and self.headers.get("Origin", own) == own

    def _page(self) -> None:
        try:
            body = self.server.session.page().encode("utf-8", "replace")
        except Exception as error:  # Whatever it is, an empty answer would tell nobody.
            self._fail(error)
            return
        policy = f"{content_policy(connect=chr(39) + 'self' + chr(39))}; frame-ancestors 'none'"
        self._start(HTTPStatus.OK, "text/html; charset=utf-8", len(body), {"Content-Security-Policy": policy})
        self.wfile.write(body)

    def _answer(self, routes: Mapping[str, Route]) -> None:
        root = self.server.root
        name = self.path.partition("?")[0].removeprefix(root)
        route = routes.get(name) if self.path.startswith(root) else None
        if route is None or not self._trusted():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        length = self._length()
        if length is None:
            self.close_connection = True
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        try:
            reply = route(self.rfile.read(length))
        except Exception as error:  # As above.
            self._fail(error)
            return
        self._send(HTTPStatus.OK, reply)

    def _fail(self, error: Exception) -> None:
        """Tell the page what is wrong; what is nobody's mistake but mpgraph's goes into the log too."""
        expected = isinstance(error, MpgraphError)
        if not expected:
            _log.error("a request of the page failed", exc_info=error)
        status = HTTPStatus.BAD_REQUEST if expected else HTTPStatus.INTERNAL_SERVER_ERROR
        text = str(error) if expected else f"mpgraph failed: {type(error).__name__}: {error}"
        self._send(status, Reply(json.dumps({"error": text}).encode()))

    def _length(self) -> int | None:
        """The size of the body; None if it is none or too much."""
        given = self.headers.get("Content-Length", "0")
        length = int(given) if given.isascii() and given.isdigit() else _MOST_BYTES + 1
        return length if length <= _MOST_BYTES else None

    def _send(self, status: HTTPStatus, reply: Reply) -> None:
        if isinstance(reply.body, bytes):
            self._start(status, reply.content_type, len(reply.body))
            self.wfile.write(reply.body)
            return
        self._start(status, reply.content_type)
        for piece in reply.body:
            self.wfile.write(piece)
            self.wfile.flush()

    def _start(
        self,
        status: HTTPStatus,
        content_type: str,
        length: int | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()


def _json(value: object) -> Reply:
    return Reply(json.dumps(value, separators=(",", ":")).encode())


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InvalidArgumentError("The request is not a JSON object.")
    return value


def _text(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise InvalidArgumentError(f'The request needs a text "{name}".')
    return value


def _texts(asked: Mapping[str, Any]) -> dict[str, str]:
    value = asked.get("texts")
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise InvalidArgumentError('The request needs "texts", an object of texts.')
    return value
