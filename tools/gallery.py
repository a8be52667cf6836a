"""Take the screenshots in .github/gallery/: the visualizer's page and that of `mpgraph web` in a browser.

Run it in an environment with the test extra: `python tools/gallery.py [FOLDER]`. Chromium is searched on
PATH; MPGRAPH_TEST_CHROMIUM names another executable.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from mpgraph.config.validation.pipeline import validate
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.packet import make_packet
from mpgraph.framework.resources import demo_image, shipped_graphs
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.visualizer.live import LiveView
from mpgraph.visualizer.page_session import PageSession
from mpgraph.visualizer.server import PageServer
from mpgraph.web.server import SiteServer
from mpgraph.web.site import site_files

SIZE = ViewportSize(width=1280, height=800)
GRAPH = shipped_graphs() / "selfie_segmentation" / "selfie_segmentation_cpu.pbtxt"
FRAME_MICROSECONDS = 33_333
SETTLING_MS = 700  # until all animations have ended


def main() -> None:
    """Take all screenshots."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / ".github" / "gallery")
    folder.mkdir(parents=True, exist_ok=True)
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = os.environ.get("MPGRAPH_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as scratch:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        graph = Path(scratch) / "selfie.pbtxt"
        shutil.copy(GRAPH, graph)
        for scene in (edited, opened, dark, compared, traced, live):
            screenshot = scene(browser, graph)
            path = folder / f"{scene.__name__}.png"
            path.write_bytes(small_png(screenshot))
            print(f"{path}: {path.stat().st_size // 1024} KB")
            shutil.copy(GRAPH, graph)
        photograph = folder / "web.jpg"
        photograph.write_bytes(web(browser))
        print(f"{photograph}: {photograph.stat().st_size // 1024} KB")
        browser.close()


def edited(browser: Browser, graph: Path) -> bytes:
    """An error while typing: the mark on its line, the badge on its node, the list of problems."""
    text = graph.read_text(encoding="utf-8")
    graph.write_text(text.replace('"RecolorCalculator"', '"RecolourCalculator"'), encoding="utf-8")
    with served(browser, [graph]) as page:
        page.locator("button.problem").first.click()
        return shot(page)


def opened(browser: Browser, graph: Path) -> bytes:
    """Expanded subgraphs, with one of their nodes selected."""
    with served(browser, [graph]) as page:
        narrow_text(page)
        page.get_by_role("button", name="Expand all").click()
        page.wait_for_timeout(SETTLING_MS)
        search(page, "ImageToTensorCalculator_1")
        page.keyboard.press("i")
        page.keyboard.press("0")
        return shot(page)


def dark(browser: Browser, graph: Path) -> bytes:
    """The upstream nodes of a node, in the dark theme."""
    with served(browser, [graph], dark=True) as page:
        narrow_text(page)
        page.locator('g.box[data-id="SelfieSegmentationCpu"] [data-toggle]').click()
        page.wait_for_timeout(SETTLING_MS)
        search(page, "TensorsToSegmentation")
        page.keyboard.press("u")
        page.keyboard.press("0")
        return shot(page)


def narrow_text(page: Page) -> None:
    """Give most of the window to the drawing."""
    page.evaluate("document.documentElement.style.setProperty('--text-width', '330px')")
    page.wait_for_timeout(SETTLING_MS)


def search(page: Page, words: str) -> None:
    """Select the first node found, and move the keyboard focus to the drawing."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    for key in ("Enter", "Escape", "Escape"):
        page.keyboard.press(key)
    page.locator("#stage").focus()
    page.wait_for_timeout(SETTLING_MS)


def compared(browser: Browser, graph: Path) -> bytes:
    """The differences of two versions of a graph."""
    text = graph.read_text(encoding="utf-8")
    older, newer = graph.with_name("before.pbtxt"), graph.with_name("after.pbtxt")
    older.write_text(text, encoding="utf-8")
    smooth = (
        '\nnode {\n  calculator: "PassThroughCalculator"\n  input_stream: "segmentation_mask"\n'
        '  output_stream: "smooth_mask"\n}\n'
    )
    changed = text.replace('"MASK:segmentation_mask"\n  output', '"MASK:smooth_mask"\n  output')
    newer.write_text(changed.replace("b: 255", "b: 128") + smooth, encoding="utf-8")
    with served(browser, [older, newer], diff=True) as page:
        return shot(page)


def traced(browser: Browser, graph: Path) -> bytes:
    """A trace next to its graph."""
    from mpgraph.profiling.saved import load_trace

    run = CalculatorGraph(graph_config=graph.read_text(encoding="utf-8"))
    with run.trace() as trace:
        run.start_run()
        feed(run, 24, threading.Event())
        run.close()
    path = graph.with_name("trace.json")
    trace.save(path)
    with served(browser, [graph], extras={"trace": load_trace(path)}) as page:
        page.locator("canvas").focus()
        for _ in range(4):
            page.keyboard.press("+")
        for _ in range(40):
            page.keyboard.press(".")
        return shot(page)


def live(browser: Browser, graph: Path) -> bytes:
    """A running graph, with the latest image of a stream."""
    run = CalculatorGraph(graph_config=graph.read_text(encoding="utf-8"))
    view = LiveView(run, validate(graph))
    stop = threading.Event()
    feeder = threading.Thread(target=feed, args=(run, 3000, stop))
    run.start_run()
    feeder.start()
    try:
        with served(browser, [graph], extras={"live": True}, routes=view.routes) as page:
            page.wait_for_timeout(3 * SETTLING_MS)
            line = page.locator('.wire[data-name="segmentation_mask"] .hit').first
            x, y = line.evaluate(
                "(line) => [line.getBoundingClientRect().x, line.getBoundingClientRect().y + 8]"
            )
            page.mouse.move(x - 30, y)
            page.mouse.move(x, y)
            return shot(page)
    finally:
        stop.set()
        feeder.join()
        run.close()


def web(browser: Browser) -> bytes:
    """The page of `mpgraph web` with the portrait in front of another background, as JPEG."""
    with SiteServer(site_files(), port=0) as server:
        page = browser.new_page(viewport=SIZE)
        page.goto(server.url)
        page.get_by_role("radio", name="Image", exact=True).check(force=True)
        page.get_by_role("button", name="or try it on a portrait").click()
        page.wait_for_selector("#view:not([hidden])")
        page.wait_for_timeout(3 * SETTLING_MS)
        screenshot = page.screenshot(type="jpeg", quality=85)
        page.close()
        return screenshot


def feed(graph: CalculatorGraph, count: int, stop: threading.Event) -> None:
    """Send the portrait repeatedly, at 60 frames per second with timestamps of 30."""
    bgr = cv2.imread(str(demo_image()))
    assert bgr is not None
    pixels = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    for number in range(count):
        if stop.is_set():
            return
        frame = ImageFrame(ImageFormat.SRGB, pixels)
        graph.add_packet_to_input_stream("input_video", make_packet(frame).at(number * FRAME_MICROSECONDS))
        time.sleep(1 / 60)


@contextmanager
def served(
    browser: Browser, graphs: list[Path], *, dark: bool = False, routes: Any = None, **settings: Any
) -> Iterator[Page]:
    """Serve graphs, and open their page in a tab."""
    with PageServer(PageSession(graphs, **settings), routes=routes) as server:
        page = browser.new_page(viewport=SIZE, color_scheme="dark" if dark else "light")
        page.goto(server.url)
        page.wait_for_selector(".world svg")
        yield page
        page.close()


def shot(page: Page) -> bytes:
    """A screenshot of the page as PNG, after all animations."""
    page.wait_for_timeout(SETTLING_MS)
    return page.screenshot()


def small_png(png: bytes) -> bytes:
    """Reduce a PNG to at most 256 colours, which is enough for screenshots."""
    bgr = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert bgr is not None
    pixels: NDArray[Any] = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    height, width, _ = pixels.shape
    colours, indices, counts = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    nearest, palette = quantised(colours.astype(np.int32), counts)
    rows = nearest[indices.reshape(-1)].reshape(height, width)
    raw = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def quantised(colours: NDArray[Any], counts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the palette index of each of the Nx3 colours, N uint8, and the palette, Px3 uint8 with P <= 256.

    Half of the palette are the most frequent colours, the other half those farthest from the rest: a thin red
    line has few pixels, but is what the image is about.
    """
    palette = [int(index) for index in np.argsort(-counts, kind="stable")[:128]]
    errors = np.min([((colours - colours[index]) ** 2).sum(axis=1) for index in palette], axis=0)
    while len(palette) < 256 and errors.any():
        palette.append(int((errors * np.sqrt(counts)).argmax()))
        errors = np.minimum(errors, ((colours - colours[palette[-1]]) ** 2).sum(axis=1))
    chosen = colours[palette]
    distances = ((colours[:, None, :] - chosen[None, :, :]) ** 2).sum(axis=2)
    return distances.argmin(axis=1).astype(np.uint8), chosen.astype(np.uint8)


if __name__ == "__main__":
    main()
