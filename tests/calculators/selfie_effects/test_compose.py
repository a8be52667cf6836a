from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.yuv420 import Yuv420
from mpgraph.gpu import upload
from mpgraph.testing import CalculatorRunner, run, t

NAME = "ComposeCalculator"
RED = "color { r: 200 g: 10 b: 20 }"


@pytest.fixture
def image(portrait: Any) -> ImageFrame:
    return ImageFrame.wrap(portrait.copy())


@pytest.fixture
def matte() -> Image:
    y, x = np.mgrid[:512, :512]
    values = np.clip((200 - np.hypot(x - 250, y - 260)) / 12 + 0.5, 0, 1)
    return Image.wrap(np.rint(255 * values).astype(np.uint8))


def composed(image: Any, matte: Any, options: str, suffix: str = "", **setup: Any) -> CalculatorRunner:
    node = run(NAME, options, outputs=[f"IMAGE{suffix}"], unread=False, **setup)
    return node.send(f"IMAGE{suffix}", image @ t(0)).send("MATTE", matte @ t(0))


def pixels(node: CalculatorRunner) -> Any:
    [packet] = node.take("IMAGE")
    return packet.payload.pixels


def test_a_color_behind_people(image: ImageFrame, matte: Image) -> None:
    result = pixels(composed(image, matte, RED))
    assert (result[matte.pixels == 255] == image.pixels[matte.pixels == 255]).all()
    assert (result[matte.pixels == 0] == (200, 10, 20)).all()


def test_no_background_leaves_only_people(image: ImageFrame, matte: Image) -> None:
    [packet] = composed(image, matte, "transparent: true").take("IMAGE")
    result = packet.payload
    assert result.image_format is ImageFormat.SRGBA
    assert (result.pixels[..., 3] == matte.pixels).all() and not result.pixels[matte.pixels == 0].any()


def test_more_blur_leaves_less_detail(image: ImageFrame, matte: Image) -> None:
    def detail(options: str) -> float:
        behind = pixels(composed(image, matte, options)).astype(int)[:40]
        return float(np.abs(np.diff(behind, axis=1)).mean())

    assert detail("blur: 1.0") < detail("blur: 0.3") < detail("blur: 0.05")
    assert detail("") == detail("blur: 0.5")


def test_a_video_behind_people_stays_until_its_next_frame(image: ImageFrame, matte: Image) -> None:
    frames = [ImageFrame.wrap(np.full((36, 64, 3), level, np.uint8)) for level in (50, 90)]
    node = run(NAME, inputs=["IMAGE", "MATTE", "BACKGROUND"], outputs=["IMAGE"], unread=False)
    for time in range(3):
        if time < 2:
            node.send("BACKGROUND", frames[time] @ t(time))
        else:
            node.bound("BACKGROUND", 3)
        node.send("IMAGE", image @ t(time)).send("MATTE", matte @ t(time))
    assert [int(packet.payload.pixels[0, 0, 0]) for packet in node.take("IMAGE")] == [50, 90, 90]


def test_an_image_behind_people_covers_the_frame(image: ImageFrame, matte: Image) -> None:
    stripes = np.zeros((30, 90, 3), np.uint8)
    stripes[:, 30:60] = 255
    result = pixels(composed(image, matte, "", side={"BACKGROUND": ImageFrame.wrap(stripes)}))
    assert (result[:40, 20:492] == 255).all()


def test_foreground_colors_leave_no_rim(matte: Image) -> None:
    alpha = matte.pixels[..., None] / 255
    person, old = np.array([200.0, 40, 40]), np.array([30.0, 220, 30])
    image = ImageFrame.wrap(np.rint(alpha * person + (1 - alpha) * old).astype(np.uint8))
    ideal = alpha * person + (1 - alpha) * (0, 0, 90)
    rim = (matte.pixels > 0) & (matte.pixels < 255)
    errors = [
        np.abs(pixels(composed(image, matte, f"color {{ r: 0 g: 0 b: 90 }} {option}")) - ideal)[rim].mean()
        for option in ("", "foreground_colors: false")
    ]
    assert errors[0] < 0.5 * errors[1]


def test_light_wraps_round_people(image: ImageFrame, matte: Image) -> None:
    plain, wrapped = (
        pixels(composed(image, matte, f"color {{ r: 255 g: 255 b: 255 }} light_wrap: {wrap}")).astype(int)
        for wrap in (0, 1)
    )
    rim = (matte.pixels > 20) & (matte.pixels < 235)
    assert wrapped[rim].mean() > plain[rim].mean() + 5
    assert (wrapped[~(matte.pixels % 255 > 0)] == plain[~(matte.pixels % 255 > 0)]).all()


@pytest.mark.parametrize(
    "options",
    [RED, "", "blur: 0.1", "transparent: true", RED + "light_wrap: 0.7", "foreground_colors: false"],
)
def test_results_are_equal_on_the_gpu(image: ImageFrame, matte: Image, options: str) -> None:
    one = pixels(composed(image, matte, options))
    on_gpu = Image.from_gpu_buffer(upload(matte))
    [packet] = composed(upload(image), on_gpu, options, "_GPU").take("IMAGE_GPU")
    other = packet.payload.to_frame().pixels
    assert one.shape == other.shape
    assert (np.abs(one.astype(int) - other) <= 2).mean() > 0.998


@pytest.mark.parametrize("size", [(512, 512), (90, 31), (700, 1201), (2001, 1100), (640, 513)])
def test_a_video_behind_people_is_equal_on_the_gpu(
    portrait: Any, image: ImageFrame, matte: Image, size: tuple[int, int]
) -> None:
    frame = ImageFrame.wrap(np.ascontiguousarray(cv2.resize(portrait[::-1], size)))
    one, other = (
        run(NAME, inputs=[f"IMAGE{suffix}", "MATTE", f"BACKGROUND{suffix}"], outputs=[f"IMAGE{suffix}"])
        .send(f"BACKGROUND{suffix}", place(frame) @ t(0))
        .send(f"IMAGE{suffix}", place(image) @ t(0))
        .send("MATTE", matte @ t(0))
        .take(f"IMAGE{suffix}")[0]
        .payload
        for suffix, place in (("", lambda frame: frame), ("_GPU", upload))
    )
    difference = np.abs(one.pixels.astype(int) - other.to_frame().pixels)
    assert (difference <= 2).mean() > 0.9999


def test_frames_without_a_matte_are_passed_on(image: ImageFrame) -> None:
    node = run(NAME, RED, inputs=["IMAGE", "MATTE"], outputs=["IMAGE"]).send("IMAGE", image @ t(5))
    node.bound("MATTE", 6).expect("IMAGE", (lambda frame: frame is image) @ t(5))


def test_sizes_must_match(image: ImageFrame) -> None:
    small = Image.wrap(np.zeros((4, 6), np.uint8))
    composed(image, small, RED).expect_error("IMAGE is 512x512, MATTE 6x4")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("blur: 2", "blur is 2.0; it must be in 0..1"),
        ("light_wrap: -1", "light_wrap is -1.0"),
        ("color { r: 300 g: 0 b: 0 }", "color.r is 300"),
    ],
)
def test_options_are_checked(image: ImageFrame, matte: Image, options: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        composed(image, matte, options).take("IMAGE")


def test_only_one_background(image: ImageFrame, matte: Image) -> None:
    with pytest.raises(ConfigError, match="takes one background"):
        composed(image, matte, "transparent: true", side={"BACKGROUND": image}).take("IMAGE")


@pytest.mark.parametrize("options", [RED, "blur: 0.5"])
def test_frames_of_videos_stay_as_they_are_stored(image: ImageFrame, matte: Image, options: str) -> None:
    yuv = Yuv420.empty(image.width, image.height)
    yuv.fill(image.pixels)
    [packet] = composed(ImageFrame.of_video(yuv, image.pixels), matte, options).take("IMAGE")
    assert packet.payload.yuv is not None
    difference = packet.payload.pixels.astype(int) - pixels(composed(image, matte, options))
    assert np.abs(difference).mean() < 1.5
