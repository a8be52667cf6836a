"""The JavaScript Solution API in Chromium: what it computes, and what it says when it is misused."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from mpgraph.framework.resources import demo_image
from mpgraph.solutions.selfie_segmentation import SelfieSegmentation
from mpgraph.web.server import SiteServer

Visit = Callable[..., Page]
Serve = Callable[[Mapping[str, bytes]], SiteServer]

SEED = Path(__file__).parent / "pages" / "seed.html"
CDN = "https://cdn.jsdelivr.net/npm/@mediapipe/"
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:"
BLANK = f"""<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<script type="module" src="test.js"></script>"""
HELPERS = """
import { SelfieSegmentation } from "./package/selfie_segmentation.js";
window.SelfieSegmentation = SelfieSegmentation;
window.portrait = async () => createImageBitmap(await (await fetch("sample.jpg")).blob());
/** What an action throws or rejects with, as "Name: message"; its value if neither. */
window.outcome = async (action) => {
  try {
    return await action();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
/** Send an image; return the results. */
window.run = async (solution, image) => {
  let found;
  solution.onResults((results) => void (found = results));
  await solution.send({ image });
  return found;
};
window.pixels = (image) => {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
};
window.ready = true;
"""


# The color of a canvas at a place, 0 to 1 each way; read from a copy, as the page's own is for drawing.
COLOR = """([x, y]) => {
  const canvas = document.querySelector("canvas");
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, canvas.width * x, canvas.height * y, 1, 1, 0, 0, 1, 1);
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""
PERSON, WALL = [0.5, 0.85], [0.02, 0.5]


def wait_for_color(page: Page, place: list[float], accept: Callable[[list[int]], bool]) -> list[int]:
    """Wait until a color is accepted, and return it."""
    for _ in range(200):
        color: list[int] = page.evaluate(COLOR, place)
        if color[3] == 255 and accept(color):
            return color
        page.wait_for_timeout(50)
    raise AssertionError(f"the color stays {color}")


@pytest.fixture
def address(serve_site: Serve, web_site: Mapping[str, bytes]) -> str:
    return serve_site({**web_site, "t.html": BLANK.encode(), "test.js": HELPERS.encode()}).url


@pytest.fixture
def page(visit: Visit, address: str) -> Page:
    """A page under a strict Content-Security-Policy."""
    return opened(visit, address)


def opened(visit: Visit, address: str, **settings: Any) -> Page:
    page = visit(f"{address}t.html", own=address, drawn=False, **settings)
    while not page.evaluate(
        "window.ready === true"
    ):  # wait_for_function needs eval, which the policy forbids.
        page.wait_for_timeout(10)
    return page


def mask_of(page: Page, options: str = "{ device: 'wasm' }") -> tuple[NDArray[Any], NDArray[Any]]:
    """The mask of the portrait: alpha as shares, and red."""
    encoded, width, height = page.evaluate(
        f"""async () => {{
          const solution = new SelfieSegmentation();
          solution.setOptions({options});
          const {{ segmentationMask }} = await run(solution, await portrait());
          const {{ data, width, height }} = pixels(segmentationMask);
          await solution.close();
          let text = "";
          const part = 8192;
          for (let i = 0; i < data.length; i += part) {{
            text += String.fromCharCode(...data.subarray(i, i + part));
          }}
          return [btoa(text), width, height];
        }}"""
    )
    rgba = np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(height, width, 4)
    return rgba[..., 3] / 255, rgba[..., 0]


@pytest.mark.parametrize("model", [0, 1])
def test_mask_is_that_of_the_python_solution(page: Page, model: int) -> None:
    share, red = mask_of(page, f"{{ modelSelection: {model}, device: 'wasm' }}")
    image = cv2.cvtColor(cv2.imread(str(demo_image())), cv2.COLOR_BGR2RGB)
    with SelfieSegmentation(model_selection=model, device="gpu") as solution:
        expected = solution.process(image).segmentation_mask
    assert expected is not None
    assert share.shape == expected.shape
    person, expected_person = share > 0.5, expected > 0.5
    assert (person & expected_person).sum() / (person | expected_person).sum() > 0.999
    assert np.abs(share - expected).mean() < 0.002
    assert set(np.unique(red[share > 0.1])) == {255}  # Un-premultiplied.


def test_models_differ(page: Page) -> None:
    first, second = mask_of(page, "{ modelSelection: 0 }"), mask_of(page, "{ modelSelection: 1 }")
    assert np.abs(first[0] - second[0]).mean() > 0.001


def test_seed_page_runs_with_four_addresses_changed(
    visit: Visit, serve_site: Serve, web_site: Mapping[str, bytes], camera_browser: Browser
) -> None:
    """visit() fails on requests to any other server, and on errors."""
    html, changed = re.subn(f'src="{CDN}', 'src="/package/classic/', SEED.read_text(encoding="utf-8"))
    assert changed == 4
    assert CDN in html  # locateFile is as it was.
    icon = '<meta charset="utf-8"><link rel="icon" href="data:,">'
    html = html.replace('<meta charset="utf-8">', icon)
    address = serve_site({**web_site, "seed.html": html.encode()}).url
    page = visit(f"{address}seed.html", own=address, drawn=False, started=camera_browser)
    wait_for_color(page, PERSON, lambda color: color == [0, 255, 0, 255])
    wall = page.evaluate(COLOR, WALL)
    assert wall[3] == 255
    assert max(wall[:3]) - min(wall[:3]) < 60  # Not green.


def test_example_of_the_readme_cuts_people_out(
    visit: Visit, serve_site: Serve, web_site: Mapping[str, bytes], camera_browser: Browser
) -> None:
    text = web_site["package/README.md"].decode()
    example = text.partition("```html\n")[2].partition("```")[0]
    html = f'<!doctype html><link rel="icon" href="data:,">{example}'
    address = serve_site({**web_site, "example.html": html.encode()}).url
    page = visit(f"{address}example.html", own=address, drawn=False, started=camera_browser)
    wait_for_color(page, PERSON, lambda color: color[0] > 150 > color[2])
    assert page.evaluate(COLOR, WALL)[3] < 30


def test_demo_page_paints_people_and_then_the_background(
    visit: Visit, serve_site: Serve, web_site: Mapping[str, bytes], camera_browser: Browser
) -> None:
    address = serve_site(web_site).url
    page = visit(f"{address}demo.html", own=address, drawn=False, started=camera_browser)
    # Half of the paint and half of the image.
    wait_for_color(page, PERSON, lambda color: color[1] > color[0] > 60)
    wall = wait_for_color(page, WALL, lambda color: abs(color[2] - color[0]) < 60)
    page.get_by_label("Effect").press("ArrowLeft")
    wait_for_color(page, WALL, lambda color: color[2] > wall[2] + 40)
    wait_for_color(page, PERSON, lambda color: color[0] > color[1] > color[2])  # Orange.
    page.get_by_role("switch", name="Selfie Mode").click()
    wait_for_color(page, WALL, lambda color: color[2] > wall[2] + 40)
    expect(page.locator(".callout").first).to_have_text("Landscape")


def test_selfie_mode_mirrors_image_and_mask(page: Page) -> None:
    differences = page.evaluate(
        """async () => {
          const solution = new SelfieSegmentation();
          const image = await portrait();
          const straight = await run(solution, image);
          solution.setOptions({ selfieMode: true });
          const mirrored = await run(solution, image);
          await solution.close();
          return ["image", "segmentationMask"].map((name) => {
            const [a, b] = [pixels(straight[name]), pixels(mirrored[name])];
            let sum = 0;
            for (let y = 0; y < a.height; y += 4)
              for (let x = 0; x < a.width; x += 4) {
                const channel = name === "image" ? 0 : 3;
                const [i, j] = [x, a.width - 1 - x].map((at) => (y * a.width + at) * 4 + channel);
                sum += Math.abs(a.data[i] - b.data[j]);
              }
            return sum / ((a.width * a.height) / 16);
          });
        }"""
    )
    assert differences[0] < 1  # Pixels.
    assert differences[1] < 8  # Of 255; the network is not exactly symmetrical.


SOURCES = {
    "HTMLImageElement": "Object.assign(new Image(), { src: 'sample.jpg' })",
    "ImageBitmap": "await portrait()",
    "ImageData": "pixels(await portrait())",
    "OffscreenCanvas": "onCanvas(new OffscreenCanvas(512, 512))",
    "HTMLCanvasElement": "onCanvas(Object.assign(element('canvas'), { width: 512, height: 512 }))",
    "VideoFrame": "new VideoFrame(await portrait(), { timestamp: 0 })",
}


@pytest.mark.parametrize("kind", SOURCES)
def test_all_kinds_of_images(page: Page, kind: str) -> None:
    shape, person, wall, mine = page.evaluate(
        f"""async () => {{
          const image = await portrait();
          const onCanvas = (canvas) => (canvas.getContext("2d").drawImage(image, 0, 0), canvas);
          const element = (name) => document.createElement(name);
          const source = {SOURCES[kind]};
          const solution = new SelfieSegmentation();
          const results = await run(solution, source);
          const mask = pixels(results.segmentationMask);
          const again = await outcome(async () => (await run(solution, source)).image.width);
          await solution.close();
          const alpha = (x, y) => mask.data[(y * mask.width + x) * 4 + 3];
          return [[results.image.width, mask.width, mask.height], alpha(256, 420), alpha(20, 20), again];
        }}"""
    )
    assert shape == [512, 512, 512]
    assert person > 200 > 50 > wall
    assert mine == 512  # It still belongs to the page.


def test_video_without_a_frame_is_waited_for(visit: Visit, address: str, camera_browser: Browser) -> None:
    page = opened(visit, address, started=camera_browser)
    shape = page.evaluate(
        """async () => {
          const video = document.body.appendChild(document.createElement("video"));
          video.muted = true;
          const solution = new SelfieSegmentation();
          await solution.initialize();
          const size = { width: 1280, height: 720 };
          video.srcObject = await navigator.mediaDevices.getUserMedia({ video: size });
          video.play();
          const before = video.readyState;
          const { image } = await run(solution, video);
          for (const track of video.srcObject.getTracks()) track.stop();
          await solution.close();
          return [before, image.width, image.height];
        }"""
    )
    assert shape == [0, 1280, 720]


def test_instances_are_independent(page: Page) -> None:
    assert (
        page.evaluate(
            """async () => {
          const image = await portrait();
          const solutions = [0, 1, 0].map((modelSelection) => {
            const solution = new SelfieSegmentation();
            solution.setOptions({ modelSelection });
            return solution;
          });
          const masks = await Promise.all(solutions.map((solution) => run(solution, image)));
          await solutions[0].close();
          const { segmentationMask } = await run(solutions[2], image);
          await Promise.all(solutions.map((solution) => solution.close()));
          return [...masks.map((each) => each.segmentationMask.width), segmentationMask.width];
        }"""
        )
        == [512] * 4
    )


def test_it_runs_in_a_worker(
    visit: Visit, serve_site: Serve, web_site: Mapping[str, bytes], browser: Browser
) -> None:
    worker = b"""
    import { SelfieSegmentation } from "./package/selfie_segmentation.js";
    onmessage = async ({ data }) => {
      const solution = new SelfieSegmentation();
      solution.onResults(({ segmentationMask }) => postMessage(segmentationMask.width));
      await solution.send({ image: data });
      await solution.close();
    };"""
    test = HELPERS + 'window.worker = new Worker("worker.js", { type: "module" });'
    site = {**web_site, "t.html": BLANK.encode(), "test.js": test.encode(), "worker.js": worker}
    page = opened(visit, serve_site(site).url)
    assert (
        page.evaluate(
            """async () => {
              const answer = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
              worker.postMessage(await portrait());
              return answer;
            }"""
        )
        == 512
    )


def test_it_runs_without_web_gpu(page: Page) -> None:
    page.evaluate("delete Navigator.prototype.gpu")
    assert page.evaluate("new SelfieSegmentation().device()") == "wasm"


# What MediaPipe's package does wrong; each line is an action with `solution`, and what it ends in.
MISUSE = {
    "model": ("solution.setOptions({ modelSelection: 5 })", "RangeError: modelSelection is 0 .* not 5"),
    "fraction": ("solution.setOptions({ modelSelection: 0.5 })", "RangeError: modelSelection"),
    "text": ("solution.setOptions({ modelSelection: '1' })", 'TypeError: modelSelection is 0 or 1, not "1"'),
    "flag": ("solution.setOptions({ selfieMode: 1 })", "TypeError: selfieMode is true or false, not 1"),
    "option": (
        "solution.setOptions({ modelselection: 1 })",
        'no option "modelselection". Did you mean "modelSel',
    ),
    "python": ("solution.setOptions({ model_selection: 1 })", 'Did you mean "modelSelection"'),
    "device": ("solution.setOptions({ device: 'gpu' })", 'TypeError: device is one of "auto", "webgpu"'),
    "input": (
        "solution.send({ img: document.createElement('canvas') })",
        "TypeError: .* Did you mean {image: img}",
    ),
    "bare": ("solution.send(document.createElement('canvas'))", "TypeError: send takes {image: ...}"),
    "kind": ("solution.send({ image: 'photo.jpg' })", "TypeError: send.{image}. takes one of .*, not String"),
    "null": ("solution.send({ image: null })", "TypeError: .* not null"),
    "listener": ("solution.onResults('f')", "TypeError: onResults needs a function"),
    "locate": ("new SelfieSegmentation({ locateFile: '/models/' })", "TypeError: locateFile is a function"),
    "video": (
        "solution.send({ image: document.createElement('video') })",
        "Error: The video has no frame and no so",
    ),
    "image": ("solution.send({ image: new Image() })", "Error: The image has no source"),
    "canvas": ("solution.send({ image: new OffscreenCanvas(0, 4) })", "has no pixels: it is 0x4"),
}


@pytest.mark.parametrize("case", MISUSE)
def test_misuse_is_explained(page: Page, case: str) -> None:
    action, expected = MISUSE[case]
    message = page.evaluate(
        f"outcome(async () => {{ const solution = new SelfieSegmentation(); await {action}; }})"
    )
    assert message is not None, "nothing was wrong"
    assert re.search(expected.replace("{", r"\{"), message), message


def test_option_of_the_demo_is_ignored_and_a_wrong_call_changes_nothing(page: Page) -> None:
    outcome = page.evaluate(
        """async () => {
          const solution = new SelfieSegmentation();
          solution.setOptions({ effect: "mask", selfieMode: true, useCpuInference: true });
          await outcome(() => solution.setOptions({ selfieMode: false, modelSelection: 7 }));
          const { image } = await run(solution, await portrait());
          const [a, b] = [pixels(await portrait()), pixels(image)];
          await solution.close();
          return a.data[0] === b.data[(b.width - 1) * 4];
        }"""
    )
    assert outcome is True  # Still mirrored.


def test_missing_files_are_named_with_their_status(
    visit: Visit, serve_site: Serve, web_site: Mapping[str, bytes], browser: Browser
) -> None:
    address = serve_site({**web_site, "t.html": BLANK.encode(), "test.js": HELPERS.encode()}).url
    context = browser.new_context()
    page = context.new_page()  # Chromium logs a 404 as an error, which visit() would not accept.
    page.goto(f"{address}t.html")
    page.wait_for_timeout(200)
    message = page.evaluate(
        """outcome(async () => {
          const solution = new SelfieSegmentation({ locateFile: (file) => `/elsewhere/${file}` });
          await solution.initialize();
        })"""
    )
    assert re.search(rf"{address}elsewhere/selfie_segmentation_general\.graph\.json.*404", message), message
    again = page.evaluate(
        """async () => {
          let folder = "/elsewhere/";
          const own = (file) => (/graph|plan|weights/.test(file) ? "/package/graphs/" : "/package/");
          const solution = new SelfieSegmentation({ locateFile: (file) => (folder || own(file)) + file });
          const first = await outcome(() => solution.initialize());
          folder = "";
          const { image } = await run(solution, await portrait());
          return [first.includes("404"), image.width];
        }"""
    )
    assert again == [True, 512]
    context.close()


def test_listener_that_throws_fails_its_own_send_only(page: Page) -> None:
    outcomes = page.evaluate(
        """async () => {
          const solution = new SelfieSegmentation();
          const image = await portrait();
          let count = 0;
          solution.onResults(async () => { if (++count === 1) throw new RangeError("by the listener"); });
          const sends = [solution.send({ image }), solution.send({ image })];
          const found = await Promise.all(sends.map((send) => outcome(() => send)));
          await solution.close();
          return [...found, count];
        }"""
    )
    assert outcomes == ["RangeError: by the listener", None, 2]


def test_send_waits_for_the_listener(page: Page) -> None:
    order = page.evaluate(
        """async () => {
          const solution = new SelfieSegmentation();
          const order = [];
          solution.onResults(async () => {
            await new Promise((resolve) => setTimeout(resolve, 30));
            order.push("listener");
          });
          await solution.send({ image: await portrait() });
          order.push("send");
          await solution.close();
          return order;
        }"""
    )
    assert order == ["listener", "send"]


def test_close_is_idempotent_and_final(page: Page) -> None:
    outcomes = page.evaluate(
        """async () => {
          const solution = new SelfieSegmentation();
          const image = await portrait();
          await solution.send({ image });
          await solution.close();
          await solution.close();
          const unused = new SelfieSegmentation();
          await unused.close();
          return [
            await outcome(() => solution.send({ image })),
            await outcome(() => solution.initialize()),
            await outcome(() => unused.send({ image })),
          ];
        }"""
    )
    assert outcomes == ["Error: This SelfieSegmentation is closed; create a new one."] * 3


def test_close_during_a_send_ends_in_order(page: Page) -> None:
    outcomes = page.evaluate(
        """async () => {
          const solution = new SelfieSegmentation();
          let count = 0;
          solution.onResults(() => void count++);
          const image = await portrait();
          await solution.send({ image });
          const sends = [solution.send({ image }), solution.send({ image })];
          await solution.close();
          return [...(await Promise.all(sends.map((send) => outcome(() => send)))), count <= 2];
        }"""
    )
    assert outcomes[1] == "Error: This SelfieSegmentation is closed; create a new one."
    assert outcomes[2] is True


def test_reset_and_change_of_model_go_on(page: Page) -> None:
    widths = page.evaluate(
        """async () => {
          const solution = new SelfieSegmentation();
          const image = await portrait();
          const widths = [];
          const other = () => solution.setOptions({ modelSelection: 1 });
          for (const step of [() => {}, () => solution.reset(), other]) {
            step();
            widths.push((await run(solution, image)).image.width);
          }
          await solution.close();
          return widths;
        }"""
    )
    assert widths == [512] * 3
