"""camera_utils, control_utils and drawing_utils of the JavaScript package, in a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import mpgraph.web
from mpgraph.framework.resources import demo_image
from mpgraph.web.classic import classic_files
from mpgraph.web.server import SiteServer

PACKAGE = Path(mpgraph.web.__file__).parent / "package"
Visit = Callable[..., Page]

BLANK = b'<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">'
PANEL = BLANK + b'<link rel="stylesheet" href="/package/control_utils.css"><body><div id="panel"></div>'


@pytest.fixture
def site(serve_site: Callable[[Mapping[str, bytes]], SiteServer]) -> str:
    files = {
        file.relative_to(PACKAGE).as_posix(): file.read_bytes()
        for file in PACKAGE.rglob("*")
        if file.suffix in (".js", ".css")
    }
    files |= classic_files(lambda path: files[path].decode())
    package = {f"package/{name}": data for name, data in files.items()}
    return serve_site({"index.html": BLANK, "panel.html": PANEL, **package}).url


@pytest.fixture
def page(visit: Visit, site: str) -> Page:
    return visit(site, drawn=False)


def on_canvas(page: Page, body: str) -> Any:
    """Run code with `utils`, a 100x100 canvas context `ctx` and `pixel(x, y)`; return what it returns."""
    return page.evaluate(
        f"""async () => {{
          const utils = await import("/package/drawing_utils.js");
          const canvas = Object.assign(document.createElement("canvas"), {{ width: 100, height: 100 }});
          const ctx = canvas.getContext("2d", {{ willReadFrequently: true }});
          const pixel = (x, y) => [...ctx.getImageData(x, y, 1, 1).data];
          {body}
        }}"""
    )


def test_clamp_and_lerp(page: Page) -> None:
    assert on_canvas(
        page,
        """const { clamp, lerp } = utils;
        const clamped = [clamp(5, 0, 3), clamp(5, 3, 0), clamp(-1, 3, 0), clamp(2, 0, 3)];
        return [...clamped, lerp(5, 0, 10, 100, 200), lerp(-5, 0, 10, 100, 200),
                lerp(15, 0, 10, 200, 100), lerp(1, 1, 1, 3, 4)]""",
    ) == [3, 3, 0, 2, 150, 100, 100, 4]


def test_landmarks_have_the_original_defaults(page: Page) -> None:
    inside, outside, state = on_canvas(
        page,
        """utils.drawLandmarks(ctx, [{ x: 0.5, y: 0.5 }]);
        return [pixel(50, 50), pixel(50, 60), [ctx.fillStyle, ctx.lineWidth]];""",
    )
    assert inside == [255, 255, 255, 255]  # Radius 6, and a line of 4 around it.
    assert outside == [0, 0, 0, 0]
    assert state == ["#000000", 1]  # Restored.


def test_hidden_and_missing_landmarks_are_left_out(page: Page) -> None:
    seen, hidden, indices = on_canvas(
        page,
        """const indices = [];
        const fillColor = ({ index, from }) => (indices.push([index, from.x]), "#0000ff");
        const style = { color: "#ff0000", fillColor };
        const seen = { x: 0.2, y: 0.2, visibility: 0.9 };
        utils.drawLandmarks(ctx, [undefined, seen, { x: 0.8, y: 0.8, visibility: 0.5 }], style);
        utils.drawLandmarks(ctx, undefined, style);
        return [pixel(20, 20), pixel(80, 80), indices];""",
    )
    assert seen == [0, 0, 255, 255]
    assert hidden == [0, 0, 0, 0]
    assert indices == [[0, 0.2]]


def test_connectors_join_visible_landmarks(page: Page) -> None:
    joined, hidden, calls = on_canvas(
        page,
        """const landmarks = [{ x: 0, y: 0.5 }, { x: 1, y: 0.5 }, { x: 0.5, y: 1, visibility: 0 }];
        const calls = [];
        const lineWidth = ({ index, from, to }) => (calls.push([index, from.x, to.x]), 2);
        utils.drawConnectors(ctx, landmarks, [[0, 1], [1, 2], [0, 7]], { color: "#00ff00", lineWidth });
        utils.drawConnectors(ctx, landmarks, undefined);
        return [pixel(50, 50), pixel(60, 90), calls];""",
    )
    assert joined == [0, 255, 0, 255]
    assert hidden == [0, 0, 0, 0]
    assert calls == [[0, 0, 1]]


def test_rectangle_turns_by_degrees(page: Page) -> None:
    along, across = on_canvas(
        page,
        """const rect = { xCenter: 0.5, yCenter: 0.5, width: 0.8, height: 0.1, rotation: 90 };
        utils.drawRectangle(ctx, rect, { color: "#ff0000", fillColor: "#ff0000", lineWidth: 1 });
        return [pixel(50, 20), pixel(20, 50)];""",
    )
    assert along == [255, 0, 0, 255]
    assert across == [0, 0, 0, 0]


@pytest.fixture
def panel(visit: Visit, site: str) -> Page:
    """A page with a panel of all simple controls; `fired` lists what its listener has received."""
    page = visit(f"{site}panel.html", own=site, drawn=False)
    page.evaluate(
        """async () => {
          const controls = await import("/package/control_utils.js");
          const { ControlPanel, StaticText, Toggle, Slider, DropDownControl, FPS } = controls;
          window.fired = [];
          window.fps = new FPS();
          const models = ["General", "Landscape"];
          const effects = { background: "Background", mask: "Foreground" };
          const sizes = [{ name: "Small", value: "s" }, { name: "Large", value: "l" }];
          const onselectionchanged = (option) => fired.push(option);
          const options = { selfieMode: true, model: 1, effect: "mask", size: "l", sigma: 2 };
          new ControlPanel(document.querySelector("#panel"), options)
            .add([
              new StaticText({ title: "Title" }), window.fps,
              new Toggle({ title: "Selfie Mode", field: "selfieMode" }),
              new Slider({ title: "Model", field: "model", discrete: models }),
              new Slider({ title: "Effect", field: "effect", discrete: effects }),
              new Slider({ title: "Sigma", field: "sigma", range: [0, 5], step: 0.5 }),
              new DropDownControl({ title: "Size", field: "size", options: sizes, onselectionchanged }),
            ])
            .on((options) => fired.push({ ...options }));
        }"""
    )
    return page


def test_listener_is_called_at_once_and_after_each_change(panel: Page) -> None:
    assert panel.evaluate("fired") == [
        {"selfieMode": True, "model": 1, "effect": "mask", "size": "l", "sigma": 2}
    ]
    panel.get_by_role("switch", name="Selfie Mode").click()
    panel.get_by_label("Model").press("ArrowLeft")
    panel.get_by_label("Effect").press("ArrowLeft")
    panel.get_by_label("Sigma").press("ArrowRight")
    panel.get_by_label("Size").select_option("Small")
    changes = panel.evaluate("fired.slice(1)")
    assert changes[0]["selfieMode"] is False
    assert [changes[1]["model"], changes[2]["effect"], changes[3]["sigma"]] == [0, "background", 2.5]
    assert changes[4]["size"] == "s"
    assert changes[5] == {"name": "Small", "value": "s"}


def test_controls_show_their_values_with_the_original_class_names(panel: Page) -> None:
    toggle = panel.locator(".control-panel-entry.control-panel-toggle")
    expect(toggle).to_have_class("control-panel-entry control-panel-toggle yes")
    expect(toggle.locator(".value")).to_have_text("Yes")
    toggle.click()
    expect(toggle).to_have_class("control-panel-entry control-panel-toggle no")
    expect(panel.locator(".control-panel-slider .callout")).to_have_text(["Landscape", "Foreground", "2"])
    expect(panel.locator(".control-panel-text")).to_have_text("Title")
    expect(panel.get_by_label("Model")).to_have_attribute("aria-valuetext", "Landscape")


def test_panel_is_used_by_keyboard_alone(panel: Page) -> None:
    panel.keyboard.press("Tab")
    panel.keyboard.press("Space")
    assert panel.evaluate("fired.at(-1).selfieMode") is False
    panel.get_by_role("button", name="Show or hide the controls").press("Enter")
    assert panel.locator(".control-panel").evaluate("(e) => e.inert") is True


def test_frame_rate_counts_frames_of_a_second(panel: Page) -> None:
    panel.evaluate(
        """() => {
          let now = 1000;
          performance.now = () => now;
          for (let i = 0; i < 25; i++, now += 40) fps.tick();
          fps.tick();
        }"""
    )
    expect(panel.locator(".fps-text")).to_have_text("25 fps")


def test_slider_without_a_range_is_refused(panel: Page) -> None:
    assert "needs a range" in panel.evaluate(
        """async () => {
          const { Slider } = await import("/package/control_utils.js");
          try { new Slider({ title: "x", field: "x" }); } catch (error) { return error.message; }
        }"""
    )


CONTROLS = ["ControlPanel", "DropDownControl", "FPS", "Slider", "SourcePicker", "StaticText", "Toggle"]
DRAWING = ["clamp", "lerp", "drawConnectors", "drawLandmarks", "drawRectangle"]

CAMERA = """async ({ settings, frames }) => {
  const { Camera } = await import("/package/camera_utils.js");
  const video = document.body.appendChild(document.createElement("video"));
  let count = 0;
  await new Promise((resolve, reject) => {
    const onFrame = async () => { if (++count === frames) resolve(); };
    window.camera = new Camera(video, { ...settings, onFrame });
    window.camera.start().catch(reject);
  });
  window.video = video;
  window.track = video.srcObject.getVideoTracks()[0];
  window.count = () => count;
  return [video.videoWidth, video.videoHeight];
}"""


def test_camera_has_the_size_and_really_stops(visit: Visit, site: str, camera_browser: Browser) -> None:
    page = visit(site, drawn=False, started=camera_browser)
    settings = {"width": 320, "height": 240, "facingMode": "user"}
    assert page.evaluate(CAMERA, {"settings": settings, "frames": 3}) == [320, 240]
    page.evaluate("camera.stop()")
    assert page.evaluate("[track.readyState, video.srcObject]") == ["ended", None]
    before = page.evaluate("count()")
    page.wait_for_timeout(300)
    assert page.evaluate("count()") == before
    page.evaluate("camera.stop()")  # Harmless.


def test_camera_survives_a_failing_listener(visit: Visit, site: str, camera_browser: Browser) -> None:
    page = visit(site, drawn=False, started=camera_browser)
    errors = page.evaluate(
        """async () => {
          const { Camera } = await import("/package/camera_utils.js");
          const errors = [];
          const video = document.body.appendChild(document.createElement("video"));
          const camera = new Camera(video, {
            onFrame: () => { throw new Error("by the listener"); },
            onError: (error) => errors.push(error.message),
          });
          await camera.start();
          while (errors.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
          await camera.stop();
          return errors.slice(0, 2);
        }"""
    )
    assert errors == ["by the listener"] * 2


def test_stop_while_the_user_is_asked_releases_the_camera(
    visit: Visit, site: str, camera_browser: Browser
) -> None:
    page = visit(site, drawn=False, started=camera_browser)
    state = page.evaluate(
        """async () => {
          const { Camera } = await import("/package/camera_utils.js");
          const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          let stream;
          navigator.mediaDevices.getUserMedia = async (wanted) => (stream = await ask(wanted));
          const video = document.createElement("video");
          const camera = new Camera(video, { onFrame: null });
          const started = camera.start();
          await camera.stop();
          await started;
          return [stream.getTracks()[0].readyState, video.srcObject];
        }"""
    )
    assert state == ["ended", None]


def test_refused_camera_rejects_and_opens_no_dialog(page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    name = page.evaluate(
        """async () => {
          const { Camera } = await import("/package/camera_utils.js");
          const camera = new Camera(document.createElement("video"), { onFrame: null });
          return camera.start().then(() => "started", (error) => error.name);
        }"""
    )
    assert name in ("NotAllowedError", "NotFoundError")  # This browser has no camera, and nobody to ask.
    assert dialogs == []


def test_camera_needs_a_video_element(page: Page) -> None:
    message = page.evaluate(
        """import("/package/camera_utils.js").then(({ Camera }) => {
          try { new Camera(null, {}); } catch (error) { return error.message; }
        })"""
    )
    assert message.startswith("Camera needs a <video> element")


def pick(page: Page, config: str) -> None:
    page.evaluate(
        f"""async () => {{
          const {{ ControlPanel, SourcePicker }} = await import("/package/control_utils.js");
          window.frames_seen = [];
          window.changes = [];
          const onFrame = async (input, {{ width, height }}) =>
            void frames_seen.push([input.tagName, width, height]);
          const onSourceChanged = (name, type) => void changes.push(type);
          window.picker = new SourcePicker({{ onFrame, onSourceChanged, ...{config} }});
          new ControlPanel(document.querySelector("#panel"), {{}}).add([picker]);
        }}"""
    )


def test_source_picker_begins_with_the_camera(visit: Visit, site: str, camera_browser: Browser) -> None:
    page = visit(f"{site}panel.html", own=site, drawn=False, started=camera_browser)
    pick(page, "{}")
    page.wait_for_function("frames_seen.length > 2")
    assert page.evaluate("[frames_seen[0], changes]") == [["VIDEO", 640, 480], ["webcam"]]
    expect(page.get_by_label("Source")).to_contain_text("wide.y4m")


def test_image_is_sent_again_when_options_change(visit: Visit, site: str, tmp_path: Path) -> None:
    page = visit(f"{site}panel.html", own=site, drawn=False)
    pick(page, "{ allowVideo: false }")
    page.locator("input[type=file]").set_input_files(demo_image())
    page.wait_for_function("frames_seen.length === 1")
    page.evaluate("picker.update()")
    page.wait_for_function("frames_seen.length === 2")
    assert page.evaluate("frames_seen") == [["IMG", 512, 512]] * 2
    note = tmp_path / "note.txt"
    note.write_text("no image", encoding="utf-8")
    page.locator("input[type=file]").evaluate("(e) => e.removeAttribute('accept')")
    page.evaluate("console.error = () => {}")
    page.locator("input[type=file]").set_input_files(note)
    expect(page.locator(".source-message")).to_contain_text('"note.txt" is neither an image nor a video')


def test_classic_scripts_define_the_original_names(visit: Visit, site: str) -> None:
    page = visit(site, drawn=False)
    for name in ("camera_utils", "control_utils", "drawing_utils", "selfie_segmentation"):
        page.add_script_tag(url=f"/package/classic/{name}/{name}.js")
    names = ["Camera", *CONTROLS, *DRAWING, "SelfieSegmentation", "VERSION"]
    types = page.evaluate("(names) => names.map((name) => typeof window[name])", names)
    assert types == ["function"] * (len(names) - 1) + ["string"]
