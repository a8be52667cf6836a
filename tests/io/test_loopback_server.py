"""The checks of the loopback server, for a plain server and for the two pages that use it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import pytest

from mpgraph.errors import InvalidArgumentError, UnavailableError
from mpgraph.io import http_server
from mpgraph.io.loopback_server import LoopbackServer, Reply
from mpgraph.media.preview import Preview
from mpgraph.visualizer.page_session import PageSession
from mpgraph.visualizer.server import PageServer


class HasUrl(Protocol):
    url: str


def ask(
    url: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    """The status, body and headers of one request; underscores in header names become dashes."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, address.path, body, given)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def fail(_: bytes) -> Reply:
    raise InvalidArgumentError("The level is too high.")


def crash(_: bytes) -> Reply:
    raise ZeroDivisionError("by zero")


class Pieces:
    """A route that streams pieces until its client disconnects."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self, _: bytes) -> Reply:
        return Reply(self._pieces(), "text/event-stream")

    def _pieces(self) -> Generator[bytes, None, None]:
        try:
            while True:
                yield b"data: 1\n\n" * 1000
        finally:
            self.closed.set()


@pytest.fixture
def pieces() -> Pieces:
    return Pieces()


@pytest.fixture
def server(pieces: Pieces) -> Iterator[LoopbackServer]:
    get = {"": lambda _: Reply.html("<p>page \ud800", "default-src 'none'"), "pieces": pieces}
    post = {"echo": lambda body: Reply(body, "text/plain"), "fail": fail, "crash": crash}
    with LoopbackServer(get=get, post=post, max_body=1000, name="server-of-test") as server:
        yield server
    assert "server-of-test" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture(params=["plain", "preview", "visualizer"])
def any_server(request: pytest.FixtureRequest, server: LoopbackServer, tmp_path: Path) -> Iterator[HasUrl]:
    """The plain server and each of its users."""
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('node { calculator: "PassThroughCalculator" }', encoding="utf-8")
    with ExitStack() as stack:
        servers: dict[str, HasUrl] = {
            "plain": server,
            "preview": stack.enter_context(Preview.open(browser=False)),
            "visualizer": stack.enter_context(PageServer(PageSession([graph]))),
        }
        yield servers[request.param]


def test_page_is_served_only_at_its_secret_address(any_server: HasUrl) -> None:
    address = urlsplit(any_server.url)
    assert address.hostname == "127.0.0.1"
    assert len(address.path) > 20
    assert ask(any_server.url)[0] == 200
    origin = f"http://{address.netloc}"
    for path in ("/", "/index.html", "/../../etc/passwd", "/guess/", "/end", address.path[:-2]):
        assert ask(origin + path)[0] == 404, path
        assert ask(origin + path, "POST", b"")[0] == 404, path


def test_answers_forbid_caching_sniffing_and_embedding(any_server: HasUrl) -> None:
    for url in (any_server.url, any_server.url + "missing"):
        headers = ask(url)[2]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Access-Control-Allow-Origin"] is None
        assert "Python" not in headers["Server"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", ""])
def test_other_host_names_are_refused(any_server: HasUrl, method: str, host: str) -> None:
    """DNS rebinding: a foreign page whose name now points at 127.0.0.1."""
    assert ask(any_server.url, method, Host=host)[0] == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost", "http://127.0.0.1"])
def test_other_origins_are_refused(any_server: HasUrl, method: str, origin: str) -> None:
    assert ask(any_server.url, method, Origin=origin)[0] == 404


def test_page_may_load_from_its_own_server_only(any_server: HasUrl) -> None:
    policy = ask(any_server.url)[2]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy and "http" not in policy


def test_own_origin_may_post(server: LoopbackServer) -> None:
    own = server.url.removesuffix(urlsplit(server.url).path)
    assert ask(server.url + "echo", "POST", b"text", Origin=own)[:2] == (200, b"text")
    assert ask(server.url + "echo?a=b", "POST", b"text")[:2] == (200, b"text")


def test_method_of_a_route_matters(server: LoopbackServer) -> None:
    assert ask(server.url + "echo")[0] == 404
    assert ask(server.url, "POST", b"")[0] == 404
    assert ask(server.url, "PUT", b"")[0] == 501


def test_lone_surrogates_in_a_page_are_replaced(server: LoopbackServer) -> None:
    assert ask(server.url)[1] == b"<p>page ?"


@pytest.mark.parametrize("length", ["1001", "99999999999", "9" * 5000, "-1", "1e2", "\u0663"])
def test_body_over_the_limit_is_refused(server: LoopbackServer, length: str) -> None:
    given = length.encode().decode("latin-1")
    assert ask(server.url + "echo", "POST", b"", Content_Length=given)[0] == 413


def test_body_at_the_limit_arrives(server: LoopbackServer) -> None:
    assert ask(server.url + "echo", "POST", b"x" * 1000)[:2] == (200, b"x" * 1000)


def test_body_cut_off_is_refused(server: LoopbackServer) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        head = f"POST {address.path}echo HTTP/1.0\r\nHost: {address.netloc}\r\nContent-Length: 9\r\n\r\n"
        client.sendall(head.encode() + b"half")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100).startswith(b"HTTP/1.0 400")


@pytest.mark.parametrize(
    "sent", ["", "GET /", "POST {path}echo HTTP/1.0\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n"]
)
def test_slow_clients_are_disconnected(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, sent: str
) -> None:
    monkeypatch.setattr(http_server._Handler, "timeout", 0.05)
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        client.sendall(sent.format(path=address.path, host=address.netloc).encode())
        assert client.recv(100) == b""


def test_stream_outlives_the_time_limit_of_requests(
    server: LoopbackServer, pieces: Pieces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser may stop reading for minutes, as in a background tab; that is not a slow request."""
    monkeypatch.setattr(http_server._Handler, "timeout", 0.05)
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", address.path + "pieces")
    answer = connection.getresponse()
    time.sleep(0.3)  # Meanwhile the buffers between both are full.
    assert not pieces.closed.is_set()
    assert answer.read(9) == b"data: 1\n\n"
    answer.close()
    connection.close()
    assert pieces.closed.wait(10)


def test_error_of_a_route_is_answered(server: LoopbackServer, caplog: pytest.LogCaptureFixture) -> None:
    status, body, _ = ask(server.url + "fail", "POST", b"")
    assert status == HTTPStatus.BAD_REQUEST
    assert json.loads(body) == {"error": "The level is too high."}
    assert not caplog.text


def test_crash_of_a_route_is_answered_and_logged(
    server: LoopbackServer, caplog: pytest.LogCaptureFixture
) -> None:
    status, body, _ = ask(server.url + "crash", "POST", b"")
    assert status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert json.loads(body) == {"error": "mpgraph failed: ZeroDivisionError: by zero"}
    assert "a request of the page failed" in caplog.text


@pytest.mark.parametrize("port", [None, 99999])
def test_unusable_port_is_reported(server: LoopbackServer, port: int | None) -> None:
    used = urlsplit(server.url).port if port is None else port
    with pytest.raises(UnavailableError, match=f"Port {used} cannot be used"):
        LoopbackServer(get={}, post={}, port=used or 0)


def test_close_is_idempotent_and_ends_wait() -> None:
    server = LoopbackServer(get={}, post={})
    waiting = threading.Thread(target=server.wait)
    waiting.start()
    server.close()
    server.close()
    waiting.join(10)
    assert not waiting.is_alive()
    with pytest.raises(OSError, match="refused"):
        ask(server.url)


def test_close_ends_streams_after_their_piece() -> None:
    pieces = Pieces()
    with LoopbackServer(get={"": pieces}, post={}) as server:
        address = urlsplit(server.url)
        connection = http.client.HTTPConnection(address.netloc, timeout=10)
        connection.request("GET", address.path)
        answer = connection.getresponse()
        assert answer.read(1)
    while answer.read(100_000):  # What was on the way: the server may be waiting for its client to read.
        pass
    assert pieces.closed.wait(10)
    connection.close()
