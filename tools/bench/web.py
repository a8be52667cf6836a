"""Compare selfie segmentation in a page with MediaPipe's npm package, in headless Chromium.

    npm pack @mediapipe/selfie_segmentation@0.1.1675465747
    tar -xf mediapipe-selfie_segmentation-*.tgz
    python tools/bench/web.py [--peer package] [--rounds 3] [--frames 60] [--markdown]

Needs the test extra and Chromium. Each contender gets the same 720p canvas, with the shipped portrait moving
on it, and returns what MediaPipe's API promises: the frame and the mask as ImageBitmaps of the frame's size.
The graph is that of the npm package. Contenders take turns, each time in a new browser with an empty cache.
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import os
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright
from report import Report, Table

import mpgraph
from mpgraph.web.export import graph_files
from mpgraph.web.site import whole_package

_TYPES = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".html": "text/html",
}

_GRAPH = """
input_stream: "input_frames_gpu"
output_stream: "image_transformed"
output_stream: "segmentation_mask"
input_side_packet: "model_selection"
node {
  calculator: "GlScalerCalculator"
  input_stream: "VIDEO:input_frames_gpu"
  output_stream: "VIDEO:image_transformed"
  options { [mediapipe.GlScalerCalculatorOptions.ext] { flip_horizontal: false } }
}
node {
  calculator: "SelfieSegmentationGpu" input_stream: "IMAGE:image_transformed"
  output_stream: "SEGMENTATION_MASK:segmentation_mask" input_side_packet: "MODEL_SELECTION:model_selection"
}
"""

_FRAMES = """
const portrait = await createImageBitmap(await (await fetch('/portrait.jpg')).blob());
const canvas = Object.assign(document.createElement('canvas'), {width: 1280, height: 720});
const context = canvas.getContext('2d');
const draw = (i) => context.drawImage(portrait, 280 + (i % 40), 0, 720, 720);
const measure = async (start, send) => {
  const begin = performance.now();
  draw(0);
  await start();
  await send(0);
  const first = performance.now() - begin;
  const times = [];
  for (let i = 1; i < frames; i++) {
    draw(i);
    const before = performance.now();
    await send(i);
    times.push(performance.now() - before);
  }
  return [first, times];
};
"""

_OURS = (
    "async ([model, frames]) => {"
    + _FRAMES
    + """
  let graph;
  let got = 0;
  const start = async () => {
    const {Graph} = await import('/ours/package/graph.js');
    graph = await Graph.load(`/ours/${model}.graph.json`);
    for (const stream of ['image_transformed', 'segmentation_mask']) {
      graph.observeOutputStream(stream, ({value}) => { got++; value.close(); });
    }
    await graph.startRun();
  };
  const result = await measure(start, async i => {
    await graph.addPacketToInputStream('input_frames_gpu', canvas, i);
    await graph.waitUntilIdle();
  });
  return [...result, got === 2 * frames, graph.device];
}"""
)

_SOLUTION = (
    "async ([model, frames]) => {"
    + _FRAMES
    + """
  let solution;
  let got = 0;
  const start = async () => {
    const {SelfieSegmentation} = await import('/ours/package/selfie_segmentation.js');
    solution = new SelfieSegmentation();
    solution.setOptions({modelSelection: model === 'general' ? 0 : 1});
    solution.onResults(({image, segmentationMask}) => { got += image && segmentationMask ? 2 : 0; });
  };
  const result = await measure(start, () => solution.send({image: canvas}));
  return [...result, got === 2 * frames, 'wasm'];
}"""
)

_PEER = (
    "async ([model, frames, onCpu]) => {"
    + _FRAMES
    + """
  let solution;
  let got = 0;
  const start = async () => {
    await new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement('script'), {src: '/peer/selfie_segmentation.js'});
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    solution = new SelfieSegmentation({locateFile: file => `/peer/${file}`});
    solution.setOptions({modelSelection: model === 'general' ? 0 : 1, useCpuInference: onCpu});
    solution.onResults(({image, segmentationMask}) => { got += image && segmentationMask ? 2 : 0; });
  };
  const result = await measure(start, () => solution.send({image: canvas}));
  return [...result, got === 2 * frames, onCpu ? 'cpu' : 'webgl'];
}"""
)


@dataclass
class Contender:
    """A way to segment, and what was found."""

    name: str
    script: str
    arguments: list[Any]
    first: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    device: str = ""
    files: set[str] = field(default_factory=set)
    bytes: tuple[int, int] = (0, 0)


class _Server:
    """Serves files from memory, and remembers which."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.sent: set[str] = set()
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.lstrip("/") or "index.html"
                content = owner.files.get(name)
                if content is not None:
                    owner.sent.add(name)
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Type", _TYPES.get(Path(name).suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *arguments: object) -> None:
                """Print nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/"


def _files(peer: Path | None) -> dict[str, bytes]:
    portrait = Path(mpgraph.__file__).parent / "demo" / "portrait.jpg"
    files = {"index.html": b"<!doctype html>", "portrait.jpg": portrait.read_bytes()}
    files.update({f"ours/package/{name}": content for name, content in whole_package().items()})
    for model, name in enumerate(("general", "landscape")):
        exported = graph_files(_GRAPH, name=name, side_packets={"model_selection": model})
        files.update({f"ours/{file}": content for file, content in exported.items()})
    if peer is not None:
        files.update({f"peer/{path.name}": path.read_bytes() for path in peer.iterdir() if path.is_file()})
    return files


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer", type=Path, help="the unpacked npm package")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--models", nargs="+", default=["general", "landscape"])
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    with Report(markdown=options.markdown) as report:
        for model in options.models:
            contenders = [
                Contender("mpgraph, Graph", _OURS, [model, options.frames]),
                Contender("mpgraph, SelfieSegmentation", _SOLUTION, [model, options.frames]),
            ]
            if options.peer is not None:
                # Its default infers with WebGL, which without a GPU takes a second a frame.
                few = max(options.frames // 10, 3)
                contenders.append(Contender("npm package, CPU", _PEER, [model, options.frames // 2, True]))
                contenders.append(Contender("npm package, default", _PEER, [model, few, False]))
            _measure(contenders, _files(options.peer), options.rounds, report)
            report.show(_table(model, contenders, options.rounds))


def _measure(contenders: list[Contender], files: Mapping[str, bytes], rounds: int, report: Report) -> None:
    report.begin("rounds", rounds * len(contenders))
    server = _Server(files)
    names = ("chromium", "chromium-browser", "google-chrome")
    found = (shutil.which(name) for name in names)
    executable = os.environ.get("MPGRAPH_TEST_CHROMIUM") or next((path for path in found if path), None)
    with sync_playwright() as playwright:
        for _ in range(rounds):
            for contender in contenders:
                browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
                page = browser.new_page()
                page.goto(server.url)
                server.sent.clear()
                first, times, complete, device = page.evaluate(contender.script, contender.arguments)
                if not complete:
                    raise SystemExit(f"{contender.name} did not return every frame.")
                contender.first.append(first)
                contender.times += times
                contender.device = device
                contender.files = {name for name in server.sent if name.startswith(("ours/", "peer/"))}
                browser.close()
                report.step()
    for contender in contenders:
        sent = [files[name] for name in contender.files]
        contender.bytes = (sum(map(len, sent)), sum(len(gzip.compress(each)) for each in sent))


def _table(model: str, contenders: list[Contender], rounds: int) -> Table:
    table = Table(
        f"720p, {model} model",
        ("contender", "device", "first result s", "median ms", "best ms", "frames/s", "MB", "MB gzip"),
        f"`first result`: from nothing loaded, best of {rounds}. `frames/s`: of the median.",
    )
    for contender in contenders:
        middle = median(contender.times)
        raw, packed = contender.bytes
        table.add(
            contender.name,
            contender.device,
            f"{min(contender.first) / 1000:.2f}",
            f"{middle:.1f}",
            f"{min(contender.times):.1f}",
            f"{1000 / middle:.1f}",
            f"{raw / 1e6:.2f}",
            f"{packed / 1e6:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
