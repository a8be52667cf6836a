"""The page of `mpgraph web` in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import cv2
import fake_camera
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from mpgraph.framework.resources import demo_image
from mpgraph.web.server import SiteServer
from mpgraph.web.site import site_files

Visit = Callable[..., Page]
Serve = Callable[[Mapping[str, bytes]], SiteServer]
Color = tuple[int, int, int, int]

# A pixel of the canvas, read from a copy: 0 to 1 each way.
COLOR = """([x, y]) => {
  const canvas = document.querySelector("#view");
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, canvas.width * x, canvas.height * y, 1, 1, 0, 0, 1, 1);
  return [...copy.getImageData(0, 0, 1, 1).data];
}"""
CHEST, WALL = (0.5, 0.85), (0.02, 0.5)


@pytest.fixture
def address(serve_site: Serve, web_site: Mapping[str, bytes]) -> str:
    return serve_site(web_site).url


@pytest.fixture
def page(visit: Visit, address: str, camera_browser: Browser) -> Page:
    """The page with a camera that shows a portrait; the camera starts by itself, as it is allowed."""
    return running(visit(address, drawn=False, started=camera_browser, permissions=["camera"]))


@pytest.fixture
def still(visit: Visit, address: str) -> Page:
    """The page with the portrait, in a browser without a camera."""
    page = visit(address, drawn=False)
    page.get_by_role("button", name="or try it on a portrait").click()
    return running(page)


def running(page: Page) -> Page:
    expect(page.locator("#view")).to_be_visible(timeout=30_000)
    return page


def choose(page: Page, effect: str) -> None:
    page.get_by_role("radio", name=effect, exact=True).check(force=True)


def wait_for_color(page: Page, place: tuple[float, float], accept: Callable[[list[int]], bool]) -> list[int]:
    """Wait until a color is accepted, and return it."""
    for _ in range(300):
        color: list[int] = page.evaluate(COLOR, place)
        if accept(color):
            return color
        page.wait_for_timeout(50)
    raise AssertionError(f"the color stays {color}")


def is_orange(color: list[int]) -> bool:
    return color[0] > 150 > color[2] and color[3] == 255


def test_camera_starts_by_itself_when_it_is_allowed(page: Page) -> None:
    wait_for_color(page, CHEST, is_orange)
    assert page.evaluate(
        "[document.querySelector('#view').width, document.querySelector('#view').height]"
    ) == [
        1280,
        720,
    ]
    expect(page.locator("#rate")).to_contain_text("WebAssembly", timeout=10_000)
    expect(page.locator("#rate")).to_contain_text("fps")


def test_effects(page: Page) -> None:
    choose(page, "Color")
    page.get_by_role("radio", name="Blue").check(force=True)
    wait_for_color(page, WALL, lambda color: color == [47, 111, 222, 255])
    wait_for_color(page, CHEST, is_orange)
    choose(page, "Image")
    wait_for_color(page, (0.02, 0.05), lambda color: color[2] > color[0] + 20)  # The sky.
    wait_for_color(page, CHEST, is_orange)
    choose(page, "Cut out")
    wait_for_color(page, WALL, lambda color: color[3] == 0)
    wait_for_color(page, CHEST, is_orange)
    choose(page, "Mask")
    wait_for_color(page, WALL, lambda color: color == [0, 0, 0, 255])
    wait_for_color(page, CHEST, lambda color: min(color) > 250)
    choose(page, "Original")
    wait_for_color(page, WALL, lambda color: color[3] == 255 and 90 < color[0] < 160)
    wait_for_color(page, CHEST, is_orange)


def wait_for_sharpness(page: Page, low: float, high: float) -> None:
    """Wait for a mean difference of neighbors in the upper right of the portrait, which shows a shuttle."""
    for _ in range(200):
        value: float = page.evaluate(
            """() => {
              const copy = new OffscreenCanvas(150, 150).getContext("2d", { willReadFrequently: true });
              copy.drawImage(document.querySelector("#view"), 362, 0, 150, 150, 0, 0, 150, 150);
              const { data } = copy.getImageData(0, 0, 150, 150);
              let sum = 0;
              for (let i = 4; i < data.length; i += 4) sum += Math.abs(data[i] - data[i - 4]);
              return sum / (data.length / 4);
            }"""
        )
        if low < value < high:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the sharpness stays {value}")


def test_blur_has_strengths_and_spares_people(still: Page) -> None:
    choose(still, "Original")
    wait_for_sharpness(still, 4.8, 6)
    face = still.evaluate(COLOR, (0.5, 0.3))
    choose(still, "Blur")
    still.get_by_label("Strength").fill("1")
    wait_for_sharpness(still, 3, 4)
    still.get_by_label("Strength").fill("10")
    wait_for_sharpness(still, 0.1, 1.5)
    np.testing.assert_allclose(still.evaluate(COLOR, (0.5, 0.3)), face, atol=3)


def test_background_of_ones_own_is_remembered(page: Page, address: str, tmp_path: Path) -> None:
    red = tmp_path / "red wall.png"
    cv2.imwrite(str(red), np.full((40, 60, 3), (0, 0, 250), np.uint8))
    choose(page, "Image")
    page.locator("#background-file").set_input_files(red)
    wait_for_color(page, WALL, lambda color: color[0] > 240 and color[1] < 10)
    expect(page.get_by_text("red wall.png")).to_be_visible()
    page.reload()
    running(page)
    wait_for_color(page, WALL, lambda color: color[0] > 240 and color[1] < 10)


def test_mirror_is_for_cameras(page: Page) -> None:
    choose(page, "Original")
    mirror = page.get_by_role("switch", name="Mirror")
    expect(mirror).to_be_checked()
    page.wait_for_timeout(500)
    mirrored = page.evaluate(COLOR, WALL)
    mirror.uncheck()
    other = (1 - WALL[0], WALL[1])
    wait_for_color(
        page, other, lambda color: max(abs(a - b) for a, b in zip(color, mirrored, strict=True)) < 6
    )


def test_camera_is_switched(visit: Visit, address: str, launch: Callable[..., Browser]) -> None:
    started = launch("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")
    page = running(visit(address, drawn=False, started=started, permissions=["camera"]))
    choice = page.locator("#camera")
    first = choice.input_value()
    page.get_by_role("button", name="Switch camera").click()
    expect(choice).not_to_have_value(first)
    wait_for_camera(page, choice.input_value())
    choice.select_option(first)
    wait_for_camera(page, first)


def wait_for_camera(page: Page, device: str) -> None:
    """Wait until a camera is shown; between two cameras the video has none."""
    shown = "document.querySelector('#video').srcObject?.getVideoTracks()[0]?.getSettings().deviceId"
    while page.evaluate(shown) != device:  # wait_for_function needs eval, which the policy forbids.
        page.wait_for_timeout(20)


def test_images_and_videos_are_opened(page: Page, tmp_path: Path) -> None:
    page.locator("#file").set_input_files(demo_image())
    wait_for_color(page, (0.45, 0.85), is_orange)
    assert page.evaluate("document.querySelector('#view').width") == 512
    video = tmp_path / "short.webm"
    with av.open(str(video), "w") as file:
        stream = file.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"  # type: ignore[union-attr]
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(
                np.full((240, 320, 3), (10, 120, 10), np.uint8), format="rgb24"
            )
            file.mux(stream.encode(frame))  # type: ignore[union-attr]
        file.mux(stream.encode())  # type: ignore[union-attr]
    choose(page, "Original")
    page.locator("#file").set_input_files(video)
    wait_for_color(page, (0.5, 0.5), lambda color: color[1] > 90 and color[0] < 60)
    assert page.evaluate("document.querySelector('#view').width") == 320


def test_unreadable_file_is_named_and_what_runs_goes_on(page: Page, tmp_path: Path) -> None:
    page.evaluate("console.warn = () => {}")
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    page.locator("#file").set_input_files(broken)
    expect(page.get_by_role("alert")).to_have_text('This browser cannot read "broken.png" as an image.')
    choose(page, "Mask")
    wait_for_color(page, CHEST, lambda color: min(color) > 250)


def test_upright_frames_get_the_general_model(
    visit: Visit, address: str, launch: Callable[..., Browser], tmp_path: Path
) -> None:
    video = tmp_path / "tall.y4m"
    fake_camera.write_portrait(video, 480, 640)
    loaded: list[str] = []
    started = launch(*fake_camera.flags(video))
    page = visit(
        address, drawn=False, started=started, permissions=["camera"], viewport={"width": 390, "height": 844}
    )
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    running(page)
    page.wait_for_timeout(500)
    assert page.evaluate(
        "[document.querySelector('#view').width, document.querySelector('#view').height]"
    ) == [
        480,
        640,
    ]
    assert "selfie_page_general.graph.json" in loaded


def test_refused_camera_is_explained_and_files_still_work(visit: Visit, address: str) -> None:
    page = visit(address, drawn=False)
    page.evaluate("console.warn = () => {}")
    page.get_by_role("button", name="Start camera").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("camera")
    expect(alert).to_contain_text(r"pen a")  # ... or open a file; Open an image or a video instead.
    expect(page.get_by_role("button", name="Save an image")).to_be_disabled()
    page.get_by_role("button", name="or try it on a portrait").click()
    running(page)
    expect(alert).to_be_hidden()


def test_image_is_saved(still: Page, tmp_path: Path) -> None:
    choose(still, "Cut out")
    wait_for_color(still, (0.02, 0.02), lambda color: color[3] == 0)
    with still.expect_download() as download:
        still.get_by_role("button", name="Save an image").click()
    assert download.value.suggested_filename.startswith("selfie ")
    download.value.save_as(tmp_path / "saved.png")
    saved = cv2.imread(str(tmp_path / "saved.png"), cv2.IMREAD_UNCHANGED)
    assert saved is not None and saved.shape == (512, 512, 4)
    assert saved[5, 5, 3] == 0 and saved[440, 230, 3] > 250


def test_recording_has_images_and_sound(
    visit: Visit, address: str, camera_browser: Browser, tmp_path: Path
) -> None:
    allowed = ["camera", "microphone"]
    page = running(visit(address, drawn=False, started=camera_browser, permissions=allowed))
    record = page.get_by_role("button", name="Record a video")
    record.click()
    expect(record).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#clock")).to_have_text("0:02", timeout=15_000)
    with page.expect_download() as download:
        record.click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix in (".webm", ".mp4")
    with av.open(str(path)) as file:
        assert {stream.type for stream in file.streams} == {"video", "audio"}
        frames = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert len(frames) > 3
    assert frames[-1].shape == (720, 1280, 3)
    red, _, blue = frames[-1][612, 640]
    assert red > 150 > blue
    expect(record).to_have_attribute("aria-pressed", "false")


def test_page_works_after_its_server_has_stopped(
    visit: Visit, serve_site: Serve, web_site: Mapping[str, bytes], camera_browser: Browser
) -> None:
    server = serve_site(web_site)
    page = running(visit(server.url, drawn=False, started=camera_browser, permissions=["camera"]))
    page.evaluate("navigator.serviceWorker.ready")
    problems = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [problem["errorId"] for problem in problems] == ["in-incognito"]  # As all tabs of tests are.
    server.close()
    page.reload()
    running(page)
    wait_for_color(page, CHEST, is_orange)
    choose(page, "Image")  # Its background, too.
    wait_for_color(page, (0.02, 0.05), lambda color: color[2] > color[0] + 20)
    page.get_by_role("button", name="Show graph").click()
    expect(page.frame_locator("#graph-frame").locator(".world svg")).to_be_visible()


def test_graph_is_shown_with_the_times_of_its_nodes(page: Page) -> None:
    page.get_by_role("button", name="Show graph").click()
    drawing = page.frame_locator("#graph-frame")
    expect(drawing.locator('g.box[data-id="Mirror"]')).to_be_visible()
    expect(drawing.locator(".live-layer .live-time").first).to_have_text(re.compile("[µm]s · "))
    rows = drawing.locator(".times tbody tr")
    expect(rows.filter(has_text="InferenceCalculator")).to_have_count(1)
    expect(drawing.locator(".times th")).to_have_text(["node", "calls", "mean", "share", ""])
    page.keyboard.press("Escape")
    expect(page.locator("#graph-dialog")).to_be_hidden()


def test_page_is_used_by_keyboard_and_named_for_screen_readers(still: Page) -> None:
    still.get_by_role("radio", name="Blur", exact=True).focus()
    still.keyboard.press("ArrowRight")
    expect(still.get_by_role("radio", name="Color", exact=True)).to_be_checked()
    still.keyboard.press("Tab")
    focused = still.evaluate("document.activeElement.name")
    assert focused == "color"
    unnamed = still.evaluate(
        """() => [...document.querySelectorAll("button, input, select")]
          .filter((e) => e.checkVisibility() && !(e.ariaLabel || e.innerText || e.labels?.length || e.title))
          .map((e) => e.outerHTML)"""
    )
    assert unnamed == []
    assert still.evaluate("document.documentElement.lang") == "en"


def test_settings_are_remembered(still: Page) -> None:
    choose(still, "Color")
    still.get_by_role("radio", name="Coral").check(force=True)
    still.get_by_label("Model").select_option("general")
    still.reload()
    expect(still.get_by_role("radio", name="Color", exact=True)).to_be_checked()
    expect(still.get_by_role("radio", name="Coral")).to_be_checked()
    expect(still.get_by_label("Model")).to_have_value("general")


def test_graph_of_ones_own(visit: Visit, serve_site: Serve, tmp_path: Path) -> None:
    graph = tmp_path / "upside_down.pbtxt"
    graph.write_text(
        """
        input_stream: "in"
        output_stream: "out"
        node {
          calculator: "ImageTransformationCalculator"
          input_stream: "IMAGE_GPU:in"
          output_stream: "IMAGE_GPU:out"
          options { [mediapipe.ImageTransformationCalculatorOptions.ext] { flip_vertically: true } }
        }
        """,
        encoding="utf-8",
    )
    page = visit(serve_site(site_files(graph)).url, drawn=False)
    expect(page.get_by_role("heading", name="upside_down.pbtxt")).to_be_visible()
    for name in ("Background", "Mirror", "Model"):
        expect(page.get_by_label(name, exact=True)).to_be_hidden()
    page.get_by_role("button", name="or try it on a portrait").click()
    running(page)
    wait_for_color(page, (0.45, 0.15), is_orange)
