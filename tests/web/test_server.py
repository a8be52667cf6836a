"""The server of a site: types, names, https, and what the terminal says."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

import pytest

from mpgraph.errors import UnavailableError
from mpgraph.web import server as server_module
from mpgraph.web.certificate import own_certificate
from mpgraph.web.server import SiteServer, is_loopback, media_type, qr_code, serve

SITE = {"index.html": b"<p>page", "package/graph.js": b"export {};", "docs/index.html": b"<p>docs"}


def ask(url: str, path: str, tls: ssl.SSLContext | None = None, **headers: str) -> tuple[int, bytes, str]:
    address = urlsplit(url)
    connection = (
        http.client.HTTPSConnection(address.netloc, timeout=10, context=tls)
        if tls
        else http.client.HTTPConnection(address.netloc, timeout=10)
    )
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers["Content-Type"]
    finally:
        connection.close()


def test_files_have_their_addresses_and_types() -> None:
    with SiteServer(SITE, port=0) as server:
        assert ask(server.url, "/") == (200, b"<p>page", "text/html; charset=utf-8")
        assert ask(server.url, "/index.html")[1] == b"<p>page"
        assert ask(server.url, "/docs/?a=b")[1] == b"<p>docs"
        assert ask(server.url, "/package/graph.js")[1:] == (b"export {};", "text/javascript; charset=utf-8")
        for missing in ("/package/", "/../../etc/passwd", "/missing.js", "/package/graph.js/"):
            assert ask(server.url, missing)[0] == 404


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.wasm", "application/wasm"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.weights", "application/octet-stream"),
    ],
)
def test_media_types(name: str, expected: str) -> None:
    assert media_type(name) == expected


def test_loopback_answers_to_its_own_names_only() -> None:
    with SiteServer(SITE, port=0) as server:
        port = urlsplit(server.url).port
        assert ask(server.url, "/", Host=f"localhost:{port}")[0] == 200
        for host in ("evil.example", f"evil.example:{port}", "localhost"):
            assert ask(server.url, "/", Host=host)[0] == 404


def test_usual_port_is_optional_and_a_given_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(server_module, "PORT", port)
        with SiteServer(SITE) as server:
            assert urlsplit(server.url).port != port
        with pytest.raises(UnavailableError, match=f"Port {port} cannot be used"):
            SiteServer(SITE, port=port)


def test_foreign_address_is_refused() -> None:
    with pytest.raises(UnavailableError, match=r"of 192\.0\.2\.7 cannot be used"):
        SiteServer(SITE, host="192.0.2.7")


def test_https_is_not_held_up_by_a_silent_client() -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    with SiteServer(SITE, port=0, tls=own_certificate(["127.0.0.1"])) as server:
        assert server.url.startswith("https://")
        with socket.create_connection(("127.0.0.1", server.port), timeout=10):  # Never says anything.
            assert ask(server.url, "/", client)[0] == 200


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)],
)
def test_loopback_is_recognized(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_qr_code_is_drawn_with_blocks() -> None:
    lines = qr_code("https://192.168.1.5:8631/").splitlines()
    assert len(lines) > 10
    assert set("".join(lines)) & set("█▀▄")


def served(host: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines for the user, when the server is ended at once."""
    lines: list[str] = []
    monkeypatch.setattr(SiteServer, "wait", lambda _: None)
    serve(SITE, host=host, port=0, open_browser=False, announce=lines.append)
    return lines


def test_loopback_is_announced_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = served("127.0.0.1", monkeypatch)
    assert line.startswith("http://127.0.0.1:")


def test_network_is_announced_with_https_and_a_qr_code(monkeypatch: pytest.MonkeyPatch) -> None:
    code, line = served("0.0.0.0", monkeypatch)
    assert "█" in code
    assert line.startswith("https://")
    assert "0.0.0.0" not in line


def test_server_ends_with_its_threads() -> None:
    before = threading.active_count()
    with SiteServer(SITE, port=0) as server:
        ask(server.url, "/")
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
