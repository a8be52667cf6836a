"""A real browser. A test fails if the page logs an error or makes requests to other servers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import fake_camera
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mpgraph.framework.resources import shipped_graphs
from mpgraph.visualizer.html import page_html
from mpgraph.visualizer.page_session import PageSession
from mpgraph.visualizer.server import PageServer
from mpgraph.web.server import SiteServer
from mpgraph.web.site import site_files

# Native dialogs cannot be tested. Without these functions the page behaves as in browsers that lack them.
NO_PICKERS = "delete window.showOpenFilePicker; delete window.showSaveFilePicker;"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser of MPGRAPH_TEST_CHROMIUM, else the system's, else None: playwright's own."""
    found = (shutil.which(name) for name in NAMES)
    return os.environ.get("MPGRAPH_TEST_CHROMIUM") or next((path for path in found if path), None)


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Start a browser with these command line arguments."""
    with sync_playwright() as playwright:
        started: list[Browser] = []

        def start(*arguments: str) -> Browser:
            # Without --no-sandbox Chromium refuses to run as root, as it does in containers.
            arguments = ("--no-sandbox", *arguments)
            started.append(playwright.chromium.launch(executable_path=find_chromium(), args=list(arguments)))
            return started[-1]

        yield start
        for browser in started:
            browser.close()


@pytest.fixture(scope="session")
def browser(launch: Callable[..., Browser]) -> Browser:
    return launch()


@pytest.fixture(scope="session")
def camera_browser(launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A browser whose camera shows a portrait, 1280x720, and which always allows it."""
    video = tmp_path_factory.mktemp("camera") / "wide.y4m"
    fake_camera.write_portrait(video, 1280, 720)
    return launch(*fake_camera.flags(video))


@pytest.fixture(scope="session")
def web_site() -> Mapping[str, bytes]:
    """The files of the site of `mpgraph web`."""
    return site_files()


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve graph files and return the page's address."""
    servers: list[PageServer] = []

    def start(*paths: Path, **settings: Any) -> str:
        servers.append(PageServer(PageSession(paths, **settings)))
        return servers[-1].url

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def serve_site() -> Iterator[Callable[[Mapping[str, bytes]], SiteServer]]:
    """Serve the files of a site."""
    servers: list[SiteServer] = []

    def start(site: Mapping[str, bytes]) -> SiteServer:
        servers.append(SiteServer(site, port=0))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def visit(
    browser: Browser, serve: Callable[..., str], serve_site: Callable[..., SiteServer]
) -> Iterator[Callable[..., Page]]:
    """Open an address in a new tab, which must not report errors until the end of the test."""
    del serve, serve_site  # Pages poll their server, so they are closed before it.
    wrong: list[str] = []
    contexts = []

    def open_tab(
        url: str, *, drawn: bool = True, own: str = "", started: Browser | None = None, **settings: Any
    ) -> Page:
        """drawn: wait for the drawing; own: the start of addresses of requests; started: another browser."""
        context = (started or browser).new_context(**{"viewport": {"width": 1400, "height": 860}, **settings})
        contexts.append(context)
        context.add_init_script(NO_PICKERS)
        page = context.new_page()
        own = own or (url if url.startswith("http") else url.partition("#")[0])
        page.on("console", lambda message: _note_console(message, wrong))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("request", lambda request: _note_request(request.url, own, wrong))
        page.goto(url)
        if drawn:
            page.wait_for_selector(".world svg")
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert wrong == []


def _note_console(message: Any, wrong: list[str]) -> None:
    if message.type in ("error", "warning"):
        wrong.append(f"console {message.type}: {message.text}")


def _note_request(url: str, own: str, wrong: list[str]) -> None:
    if not url.startswith((own, "data:", "blob:")):
        wrong.append(f"request: {url}")


@pytest.fixture
def file_page(tmp_path: Path) -> Callable[..., str]:
    """Write the page of some graphs as one file and return its address."""

    def write(*sources: object, **settings: Any) -> str:
        path = tmp_path / "page.html"
        path.write_text(page_html(sources, **settings), encoding="utf-8")
        return path.as_uri()

    return write


@pytest.fixture
def selfie(tmp_path: Path) -> Path:
    """A copy of the selfie segmentation graph, which has nested subgraphs."""
    path = tmp_path / "selfie.pbtxt"
    shutil.copy(shipped_graphs() / "selfie_segmentation" / "selfie_segmentation_cpu.pbtxt", path)
    return path


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Three nodes in a row."""
    path = tmp_path / "chain.pbtxt"
    path.write_text(CHAIN, encoding="utf-8")
    return path


CHAIN = """\
input_stream: "in"
output_stream: "out"

node {
  name: "first"
  calculator: "PassThroughCalculator"
  input_stream: "in"
  output_stream: "a"
}
node {
  name: "second"
  calculator: "PassThroughCalculator"
  input_stream: "a"
  output_stream: "b"
}
node {
  name: "third"
  calculator: "PassThroughCalculator"
  input_stream: "b"
  output_stream: "out"
}
"""
