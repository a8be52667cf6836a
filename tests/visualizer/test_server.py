"""The routes of the graph page. Checks of requests are tested in tests/io/test_loopback_server.py."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mpgraph.io.loopback_server import Reply, Route
from mpgraph.visualizer.page_session import PageSession
from mpgraph.visualizer.server import PageServer

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph.pbtxt"
    path.write_text('node { calculator: "PassThroughCalculator" }', encoding="utf-8")
    return path


@pytest.fixture
def server(graph: Path) -> Iterator[PageServer]:
    routes: dict[str, Route] = {
        "live": lambda _: Reply((piece for piece in (b"data: 1\n\n", b"data: 2\n\n")), "text/event-stream")
    }
    with PageServer(PageSession([graph]), routes=routes) as server:
        yield server


def ask(
    server: PageServer, name: str = "", value: object = None, path: str | None = None, **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    given = {key.replace("_", "-"): text for key, text in headers.items()}
    try:
        method = "GET" if value is None else "POST"
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        connection.request(
            method, path or address.path + name, None if value is None else body, {**JSON, **given}
        )
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def test_page_may_connect_only_to_its_own_server(server: PageServer) -> None:
    status, body, headers = ask(server)
    assert status == 200 and b"PassThroughCalculator" in body
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy


def test_texts_are_examined_and_saved(server: PageServer, graph: Path) -> None:
    text = 'node { calculator: "NoSuch" }'
    status, body, _ = ask(server, "examine", {"main": str(graph), "texts": {str(graph): text}})
    assert status == 200
    assert json.loads(body)["diagnostics"][0]["severity"] == "error"
    assert ask(server, "save", {"file": str(graph), "text": text})[0] == 200
    assert graph.read_text(encoding="utf-8") == text
    assert ask(server, "share", {"main": str(graph), "texts": {}})[1].startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        {"main": 1, "texts": {}},
        {"main": "x"},
        {"main": "x", "texts": {"x": 1}},
    ],
)
def test_invalid_request_is_refused_with_a_reason(server: PageServer, value: object) -> None:
    status, body, _ = ask(server, "examine", value)
    assert status == 400 and json.loads(body)["error"]


def test_saving_elsewhere_is_refused(server: PageServer, tmp_path: Path) -> None:
    other = tmp_path / "other.pbtxt"
    status, body, _ = ask(server, "save", {"file": str(other), "text": "x"})
    assert status == 400 and "may write" in json.loads(body)["error"]
    assert not other.exists()


def test_extra_routes_may_stream(server: PageServer) -> None:
    status, body, headers = ask(server, "live")
    assert (status, body) == (200, b"data: 1\n\ndata: 2\n\n")
    assert headers["Content-Type"] == "text/event-stream"


def test_serve_announces_its_address_and_exits_cleanly_on_ctrl_c(graph: Path) -> None:
    program = (
        "import functools, sys; from mpgraph.visualizer.page_session import PageSession; "
        "from mpgraph.visualizer.server import serve; announce = functools.partial(print, flush=True); "
        "serve(PageSession(sys.argv[1:]), open_browser=False, announce=announce)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, graph], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        address = urlsplit(process.stdout.readline().strip())
        assert address.hostname == "127.0.0.1"
        connection = http.client.HTTPConnection(address.netloc, timeout=10)
        connection.request("GET", address.path)
        assert b"PassThroughCalculator" in connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
