"""Measure the visualizer's page: `python tools/bench/page.py GRAPH...`, with the test extra and Chromium.

For each graph: the page's size, the time until it is drawn with all subgraphs collapsed, the time to expand
them all, and the time between two frames while the drawing is dragged (16.7 ms is the screen's refresh).
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from mpgraph.visualizer.html import page_html

ROUNDS = 5
STEPS = 60  # of a drag
OPEN_ALL = """async () => {
  const start = performance.now();
  document.querySelector('#views button').click();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return [performance.now() - start, document.querySelectorAll('.box.node').length];
}"""
COUNT_FRAMES = """() => {
  window.frames_ = [];
  let last = performance.now();
  const next = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""


def measure(browser: Browser, graph: Path, folder: Path) -> tuple[float, float, float, float, float]:
    """Size in kB, seconds to the first drawing, nodes, seconds to expand all, median ms between frames."""
    text = page_html([graph])
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    page = browser.new_page(viewport=ViewportSize(width=1400, height=860))
    start = time.perf_counter()
    page.goto(file.as_uri())
    page.wait_for_selector(".world svg")
    drawn = time.perf_counter() - start
    opened, nodes = page.evaluate(OPEN_ALL)
    page.wait_for_timeout(800)
    page.evaluate(COUNT_FRAMES)
    page.mouse.move(700, 500)
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(700 + 3 * step, 500 - 2 * step)
    page.mouse.up()
    frame = statistics.median(page.evaluate("window.frames_.slice(2)"))
    page.close()
    return len(text.encode()) / 1000, drawn, nodes, opened / 1000, frame


def main() -> None:
    """Print a table of medians over several rounds."""
    chromium = os.environ.get("MPGRAPH_TEST_CHROMIUM") or shutil.which("chromium")
    print(f"{'graph':40} {'kB':>6} {'drawn s':>8} {'nodes':>6} {'expand s':>9} {'frame ms':>9}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in sys.argv[1:]:
            rounds = [measure(browser, Path(name), Path(folder)) for _ in range(ROUNDS)]
            size, drawn, nodes, opened, frame = map(statistics.median, zip(*rounds, strict=True))
            print(f"{name[-40:]:40} {size:6.0f} {drawn:8.2f} {nodes:6.0f} {opened:9.2f} {frame:9.1f}")
        browser.close()


if __name__ == "__main__":
    main()
