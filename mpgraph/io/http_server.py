"""A small web server on its own threads, for mpgraph's pages; who may ask is its user's decision.

Every answer forbids caching, sniffing of its type, embedding by other origins, and sending its address as a
referrer. A request must arrive within seconds, and its body must have a length within the limit.
"""

from __future__ import annotations

import json
import logging
import secrets
import socket
import socketserver
import ssl
import threading
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias

from mpgraph.errors import MpgraphError, UnavailableError
from mpgraph.io import native

if TYPE_CHECKING:
    from typing_extensions import Self

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.05  # An upper bound of how long closing takes.
_EXIT_SECONDS = 1.0
_REQUEST_SECONDS = 10.0  # For each read from a client that sends slowly, or nothing.

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Reply:
    """An answer: its whole body, or a generator of pieces that are sent as soon as they are yielded.

    A generator is closed when the client goes away.
    """

    body: bytes | Generator[bytes, None, None] = b""
    content_type: str = "application/json"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: object, status: HTTPStatus = HTTPStatus.OK) -> Reply:
        """Return a value as compact JSON."""
        return cls(json.dumps(value, separators=(",", ":")).encode(), status=status)

    @classmethod
    def html(cls, page: str, policy: str) -> Reply:
        """Return a page with its Content-Security-Policy; lone surrogates in its text become "?"."""
        headers = {"Content-Security-Policy": policy}
        return cls(page.encode("utf-8", "replace"), "text/html; charset=utf-8", headers=headers)


Route: TypeAlias = Callable[[bytes], Reply]
"""Takes the body of a request (b"" for most GETs); runs on its own thread.

The message of an MpgraphError that it raises is answered as {"error": MESSAGE} with status 400; any other
exception is logged and answered with status 500.
"""


class HttpServer:
    """Answers at `url` from its own threads until `close()`; a context manager.

    get, post: the routes of each method by their names below `root`; "" is `root` itself.
    allows: whether a request with these headers is answered, given the server's authority (HOST:PORT).
    host: the address of the network interface; 0.0.0.0 for all of them. port: 0 for any free one.
    root: the path that all others begin with, from slash to slash.
    tls: certificate and key, for https.
    max_body: the longest body of a request, in bytes; a longer one is refused with status 413.
    name: of the thread that accepts connections.

    Raises:
        UnavailableError: the port is taken or not allowed, or the host is no address of this machine.
    """

    def __init__(
        self,
        *,
        get: Mapping[str, Route],
        post: Mapping[str, Route],
        allows: Callable[[Message, str], bool],
        host: str,
        port: int = 0,
        root: str = "/",
        tls: ssl.SSLContext | None = None,
        max_body: int = 0,
        name: str = "mpgraph-server",
    ) -> None:
        try:
            self._http = _ThreadingServer(host, port, {"GET": get, "POST": post}, root, max_body)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            where = "" if host == "127.0.0.1" else f" of {host}"
            raise UnavailableError(f"Port {port}{where} cannot be used: {reason}.") from None
        self._http.allows = allows
        self._http.tls = tls
        self.port = self._http.server_port
        self.url = f"{'https' if tls else 'http'}://{self._http.authority}{root}"
        self._closed = threading.Event()
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(_POLL_SECONDS,), name=name, daemon=True
        )
        self._thread.start()
        native.watch(self)

    def wait(self) -> None:
        """Wait for `close()` on another thread, or Ctrl-C."""
        while not self._closed.wait(1.0):
            pass

    def close(self) -> None:
        """Accept no more requests; harmless when already closed. Answers being sent are not waited for."""
        if not self._closed.is_set():
            self._closed.set()
            self._http.answers.end()
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()

    def left_to_parent(self) -> None:
        """In a forked child, where no thread serves: be closed, and let go of the port."""
        self._closed = threading.Event()
        self._closed.set()
        self._http.socket.close()
        self._http.answers.forget_threads()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Answers:
    """The answers that threads are working on.

    At the exit of the interpreter they are given a moment: a daemon thread that Python ends inside a C++
    library, such as OpenCV's encoder, aborts the process.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self.ended = False

    def forget_threads(self) -> None:
        """In a forked child: have no answers, which the parent's threads work on."""
        self._changed = threading.Condition()
        self._count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._changed:
            self._count += 1
        try:
            yield
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def end(self, wait: float = 0) -> None:
        """Let streams end after the piece that they are sending; wait at most so many seconds for them."""
        with self._changed:
            self.ended = True
            self._changed.wait_for(lambda: not self._count, wait)


class _ThreadingServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allows: Callable[[Message, str], bool]
    tls: ssl.SSLContext | None

    def __init__(
        self, host: str, port: int, routes: Mapping[str, Mapping[str, Route]], root: str, max_body: int
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        self.routes = routes
        self.root = root
        self.max_body = max_body
        self.answers = _Answers()
        weakref.finalize(self, self.answers.end, wait=_EXIT_SECONDS)
        self.authority = f"[{host}]:{self.server_port}" if ":" in host else f"{host}:{self.server_port}"

    def server_bind(self) -> None:
        """Bind without a look-up of the host's name, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; its TLS handshake is made by its own thread, as a client may be slow."""
        connection, address = super().get_request()
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error: a browser may disconnect during an answer."""


class _Handler(BaseHTTPRequestHandler):
    server: _ThreadingServer
    server_version = "mpgraph"
    sys_version = ""
    timeout = _REQUEST_SECONDS

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing to the terminal."""

    def _answer(self) -> None:
        with self.server.answers.one():
            self._answer_request()

    def _answer_request(self) -> None:
        route = self._route() if self.server.allows(self.headers, self.server.authority) else None
        if route is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        length = self._length()
        if length is None:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(length)
        if len(body) < length:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        # From here on the client is a page of ours. A browser may pause it for long, as in a background
        # tab; that must not end a stream.
        self.connection.settimeout(None)
        try:
            reply = route(body)
        except MpgraphError as error:
            reply = Reply.json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        except Exception as error:  # Without an answer, the page could not show that anything failed.
            _log.error("a request of the page failed", exc_info=error)
            text = f"mpgraph failed: {type(error).__name__}: {error}"
            reply = Reply.json({"error": text}, HTTPStatus.INTERNAL_SERVER_ERROR)
        self._send(reply)

    def _route(self) -> Route | None:
        root = self.server.root
        path = self.path.partition("?")[0]
        if not secrets.compare_digest(path[: len(root)].encode(), root.encode()):
            return None
        return self.server.routes[self.command].get(path[len(root) :])

    def _length(self) -> int | None:
        """The size of the body; None if it is not a number or too large."""
        given = self.headers.get("Content-Length", "0")
        if not (given.isascii() and given.isdigit() and len(given) < 20):
            return None
        length = int(given)
        return length if length <= self.server.max_body else None

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(Reply(content_type="text/plain", status=status))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if isinstance(reply.body, bytes):
            self.send_header("Content-Length", str(len(reply.body)))
        for name, value in {**reply.headers, **_HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()
        if isinstance(reply.body, bytes):
            self.wfile.write(reply.body)
            return
        with closing(reply.body):
            for piece in reply.body:
                self.wfile.write(piece)
                self.wfile.flush()
                if self.server.answers.ended:
                    return
