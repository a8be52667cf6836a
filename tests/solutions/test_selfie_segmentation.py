"""SelfieSegmentation as programs written for MediaPipe use it and misuse it."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import mpgraph as mp

mp_selfie_segmentation = mp.solutions.selfie_segmentation
SelfieSegmentation = mp_selfie_segmentation.SelfieSegmentation

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]

BACKGROUND = (192, 192, 192)
IN_THE_PERSON = [(110, 225), (60, 225), (300, 150), (480, 200)]  # (row, column)
IN_THE_BACKGROUND = [(60, 420), (30, 100), (80, 330), (250, 410)]


@pytest.fixture
def selfie() -> Iterator[Any]:
    with SelfieSegmentation() as solution:
        yield solution


@pytest.fixture
def mask(portrait: Pixels, selfie: Any) -> Mask:
    found: Mask = selfie.process(portrait).segmentation_mask
    return found


def check_mask(mask: Any, image: npt.NDArray[Any]) -> None:
    assert mask.shape == image.shape[:2]
    assert mask.dtype == np.float32
    assert mask.min() >= 0 and mask.max() <= 1
    assert not mask.flags.writeable


def check_portrait(mask: Mask) -> None:
    assert all(mask[point] > 0.9 for point in IN_THE_PERSON)
    assert all(mask[point] < 0.1 for point in IN_THE_BACKGROUND)


def overlap(left: npt.NDArray[np.bool_], right: npt.NDArray[np.bool_]) -> float:
    return float((left & right).sum() / (left | right).sum())


# Equivalents of the two examples on MediaPipe's page, with the same calls.


def test_mediapipe_example_for_still_images(portrait_file: Path, tmp_path: Path, backend: str) -> None:
    files = [portrait_file, tmp_path / "wide.png"]
    original = cv2.imread(str(portrait_file))
    assert original is not None
    cv2.imwrite(str(files[1]), original[100:400])
    with mp_selfie_segmentation.SelfieSegmentation(model_selection=0) as selfie_segmentation:
        for number, file in enumerate(files):
            image: Any = cv2.imread(str(file))
            results = selfie_segmentation.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            condition = np.stack((results.segmentation_mask,) * 3, axis=-1) > 0.1
            white = np.full(image.shape, 255, np.uint8)
            gray = np.full(image.shape, BACKGROUND, np.uint8)
            cv2.imwrite(str(tmp_path / f"out{number}.png"), np.where(condition, white, gray))
    out: Any = cv2.imread(str(tmp_path / "out0.png"))
    assert out.shape == original.shape
    assert all(out[point].tolist() == [255, 255, 255] for point in IN_THE_PERSON)
    assert all(out[point].tolist() == [*BACKGROUND] for point in IN_THE_BACKGROUND)
    wide: Any = cv2.imread(str(tmp_path / "out1.png"))
    assert wide.shape == (300, 512, 3)


def write_video(path: Path, image: Pixels, frames: int) -> None:
    """Write an image moving left as Motion JPEG, which every build of OpenCV can write and read."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, image.shape[1::-1])
    assert writer.isOpened()
    for shift in range(frames):
        writer.write(np.roll(image, -4 * shift, axis=1)[..., ::-1])
    writer.release()


def test_mediapipe_example_for_a_webcam(
    portrait: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    write_video(tmp_path / "webcam.avi", portrait, 5)
    shown: list[Pixels] = []
    open_video = cv2.VideoCapture
    # A headless OpenCV has no windows, and there may be no camera.
    monkeypatch.setattr(cv2, "VideoCapture", lambda _number: open_video(str(tmp_path / "webcam.avi")))
    monkeypatch.setattr(cv2, "imshow", lambda _title, image: shown.append(image), raising=False)
    monkeypatch.setattr(cv2, "waitKey", lambda _wait: 27 if len(shown) == 5 else -1, raising=False)

    cap: Any = cv2.VideoCapture(0)
    with mp_selfie_segmentation.SelfieSegmentation(model_selection=1) as selfie_segmentation:
        bg_image = None
        while cap.isOpened():
            success, image = cap.read()
            if not success:
                continue
            image = cv2.cvtColor(cv2.flip(image, 1), cv2.COLOR_BGR2RGB)
            image.flags.writeable = False
            results = selfie_segmentation.process(image)
            image.flags.writeable = True
            image = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
            condition = np.stack((results.segmentation_mask,) * 3, axis=-1) > 0.1
            if bg_image is None:
                bg_image = np.zeros(image.shape, dtype=np.uint8)
                bg_image[:] = BACKGROUND
            cv2.imshow("MediaPipe Selfie Segmentation", np.where(condition, image, bg_image))
            if cv2.waitKey(5) & 0xFF == 27:
                break
    cap.release()

    assert len(shown) == 5
    for row, column in IN_THE_BACKGROUND:
        assert shown[0][row, 511 - column].tolist() == [*BACKGROUND]
    face = shown[0][110, 511 - 225]
    assert face.tolist() != [*BACKGROUND] and face[2] > face[0], "the person remains, in BGR"


def test_signature_is_mediapipes() -> None:
    assert str(inspect.signature(SelfieSegmentation)).startswith("(model_selection: 'int' = 0")
    assert list(inspect.signature(SelfieSegmentation.process).parameters) == ["self", "image"]
    assert mp.solutions.drawing_utils.DrawingSpec().thickness == 2


# Masks


@pytest.mark.parametrize("model_selection", [0, 1])
def test_mask_covers_the_person_only(portrait: Pixels, model_selection: int, backend: str) -> None:
    with SelfieSegmentation(model_selection=model_selection) as selfie:
        mask = selfie.process(portrait).segmentation_mask
        flipped = selfie.process(portrait[:, ::-1]).segmentation_mask
    check_mask(mask, portrait)
    check_portrait(mask)
    assert 0.4 < (mask > 0.5).mean() < 0.65
    assert overlap(mask > 0.5, flipped[:, ::-1] > 0.5) > 0.93


def test_models_differ_and_general_is_the_default(portrait: Pixels, mask: Mask) -> None:
    with SelfieSegmentation(0) as general, SelfieSegmentation(model_selection=1) as landscape:
        assert np.array_equal(general.process(portrait).segmentation_mask, mask)
        other = landscape.process(portrait).segmentation_mask
    assert not np.array_equal(other, mask)
    assert overlap(other > 0.5, mask > 0.5) > 0.85


@pytest.mark.parametrize("value", [0, 255])
def test_blank_image_has_an_empty_mask(value: int, backend: str) -> None:
    with SelfieSegmentation() as selfie:
        blank = selfie.process(np.full((100, 100, 3), value, np.uint8)).segmentation_mask
    assert blank.max() < 1 / 255


def test_masks_do_not_depend_on_earlier_frames(portrait: Pixels, mask: Mask, selfie: Any) -> None:
    for other in (portrait[::-1], np.zeros((30, 700, 3), np.uint8), portrait[:, 100:]):
        selfie.process(other)
        assert np.array_equal(selfie.process(portrait).segmentation_mask, mask)


def test_mask_is_immutable(portrait: Pixels) -> None:
    with SelfieSegmentation() as selfie:
        mask = selfie.process(portrait).segmentation_mask
        before = mask.copy()
        selfie.process(portrait[::-1])
        selfie.reset()
    assert np.array_equal(mask, before)
    with pytest.raises(ValueError, match="read-only"):
        mask[0, 0] = 1


def test_results_are_a_named_tuple(portrait: Pixels, mask: Mask, selfie: Any) -> None:
    results = selfie.process(portrait)
    assert results._fields == ("segmentation_mask",)
    assert np.array_equal(results[0], mask)
    first, second = selfie.process(portrait[::-1]), selfie.process(portrait)
    assert not np.array_equal(first.segmentation_mask, second.segmentation_mask)


# Valid and invalid images


@pytest.mark.parametrize(("height", "width"), [(333, 517), (1, 1), (2, 3), (1, 400), (400, 1), (720, 1280)])
@pytest.mark.parametrize("model_selection", [0, 1])
def test_any_size(portrait: Pixels, height: int, width: int, model_selection: int) -> None:
    image = cv2.resize(portrait, (width, height), interpolation=cv2.INTER_AREA)
    with SelfieSegmentation(model_selection) as selfie:
        check_mask(selfie.process(image).segmentation_mask, image)


def test_twelve_megapixels(portrait: Pixels, mask: Mask, selfie: Any) -> None:
    image = np.asarray(cv2.resize(portrait, (4000, 3000)))
    large = selfie.process(image).segmentation_mask
    check_mask(large, image)
    small = np.asarray(cv2.resize(large, (512, 512), interpolation=cv2.INTER_AREA))
    assert overlap(small > 0.5, mask > 0.5) > 0.97


VIEWS: dict[str, Callable[[Pixels], Pixels]] = {
    "flipped": lambda image: image[:, ::-1],
    "upside down": lambda image: image[::-1],
    "BGR taken as RGB": lambda image: image[..., ::-1],
    "every other pixel": lambda image: image[::2, ::2],
    "cut out": lambda image: image[31:400, 17:330],
    "transposed": lambda image: image.transpose(1, 0, 2),
    "without alpha": lambda image: np.dstack([image, image[..., :1]])[..., :3],
    "column by column": np.asfortranarray,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("writeable", [True, False])
def test_memory_of_any_layout(portrait: Pixels, view: str, writeable: bool, selfie: Any) -> None:
    image = VIEWS[view](portrait.copy())
    image.flags.writeable = writeable
    before = image.copy()
    expected = selfie.process(np.ascontiguousarray(image)).segmentation_mask
    assert np.array_equal(selfie.process(image).segmentation_mask, expected)
    assert np.array_equal(image, before)
    assert image.flags.writeable is writeable


def test_image_may_be_modified_after_processing(portrait: Pixels, mask: Mask, selfie: Any) -> None:
    image = portrait.copy()
    results = selfie.process(image)
    image[:] = 0
    assert np.array_equal(results.segmentation_mask, mask)
    assert selfie.process(image).segmentation_mask.max() < 0.1


class PillowLike:
    """The interface that numpy uses of a PIL image."""

    __array_interface__ = np.zeros((4, 4, 3), np.uint8).__array_interface__


INVALID_IMAGES: dict[str, tuple[Any, type[Exception], str]] = {
    "None": (None, ValueError, "must be a numpy array.*not None.*imread"),
    "a path": ("portrait.jpg", ValueError, "must be a numpy array.*not str"),
    "lists": ([[[1, 2, 3]]], ValueError, "must be a numpy array.*not list"),
    "a PIL image": (PillowLike(), ValueError, r"not PillowLike\. numpy\.asarray"),
    "gray": (np.zeros((9, 9), np.uint8), ValueError, "must contain three channel rgb data."),
    "gray, 3 wide": (np.zeros((9, 3), np.uint8), ValueError, "must contain three channel rgb data."),
    "one channel": (np.zeros((9, 9, 1), np.uint8), ValueError, "must contain three channel rgb data."),
    "alpha": (np.zeros((9, 9, 4), np.uint8), ValueError, "must contain three channel rgb data."),
    "channels first": (np.zeros((3, 9, 9), np.uint8), ValueError, "must contain three channel rgb data."),
    "a batch": (np.zeros((1, 9, 9, 3), np.uint8), ValueError, "must contain three channel rgb data."),
    "a number": (np.array(7, np.uint8), ValueError, "must contain three channel rgb data."),
    "no rows": (np.zeros((0, 9, 3), np.uint8), ValueError, r"is empty: its shape is \(0, 9, 3\)"),
    "no columns": (np.zeros((9, 0, 3), np.uint8), ValueError, r"is empty: its shape is \(9, 0, 3\)"),
    "float": (np.zeros((9, 9, 3), np.float32), TypeError, "must hold uint8 values.*float32"),
    "NaN": (np.full((9, 9, 3), np.nan), TypeError, "must hold uint8 values.*float64"),
    "uint16": (np.zeros((9, 9, 3), np.uint16), TypeError, "must hold uint8 values.*uint16"),
    "int8": (np.zeros((9, 9, 3), np.int8), TypeError, "must hold uint8 values.*int8"),
    "objects": (np.full((9, 9, 3), None), TypeError, "must hold uint8 values.*object"),
}


@pytest.mark.parametrize("name", INVALID_IMAGES)
def test_invalid_image_raises_and_the_next_valid_image_works(
    name: str, portrait: Pixels, mask: Mask, selfie: Any
) -> None:
    image, error, message = INVALID_IMAGES[name]
    for _ in range(2):
        with pytest.raises(error, match=message):
            selfie.process(image)
    assert np.array_equal(selfie.process(portrait).segmentation_mask, mask)


@pytest.mark.parametrize("selection", [2, -1, 0.5, "0", None, [0]])
def test_invalid_model_selection_raises(selection: Any) -> None:
    with pytest.raises(ValueError, match=r"model_selection must be 0 \(general\) or 1 \(landscape\), not"):
        SelfieSegmentation(model_selection=selection)


# Life cycle


def test_reset_does_not_change_masks(portrait: Pixels, mask: Mask, selfie: Any) -> None:
    for _ in range(5):
        selfie.reset()
        selfie.reset()
        assert np.array_equal(selfie.process(portrait).segmentation_mask, mask)


def test_closed_solution_raises(portrait: Pixels) -> None:
    with SelfieSegmentation() as selfie:
        selfie.process(portrait)
    with pytest.raises(ValueError, match="Closing SolutionBase._graph which is already None"):
        selfie.close()
    with pytest.raises(ValueError, match="closed; create a new one"):
        selfie.process(portrait)
    selfie.reset()
    with pytest.raises(ValueError, match="closed; create a new one"):
        selfie.process(portrait)


def test_exception_in_the_context_propagates(portrait: Pixels) -> None:
    def fail(close: bool) -> None:
        with SelfieSegmentation() as selfie:
            selfie.process(portrait)
            if close:
                selfie.close()
            raise KeyError("mine")

    for close in (False, True):
        with pytest.raises(KeyError, match="mine"):
            fail(close)


def test_several_solutions_in_several_threads(portrait: Pixels, backend: str) -> None:
    images = [portrait, portrait[::-1], portrait[:300], portrait[:, 200:]]
    with SelfieSegmentation() as selfie:
        expected = [selfie.process(image).segmentation_mask for image in images]

    def work(number: int) -> bool:
        with SelfieSegmentation(0) as first, SelfieSegmentation(1) as second:
            same = True
            for i in (number, number + 1, number + 2):
                second.process(images[i % 4])
                mask = first.process(images[i % 4]).segmentation_mask
                same &= bool(np.array_equal(mask, expected[i % 4]))
        return same

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [True] * 4


def test_threads_sharing_a_solution_take_turns(portrait: Pixels, mask: Mask, selfie: Any) -> None:
    halves = selfie.process(portrait[:256]).segmentation_mask

    def work(number: int) -> bool:
        if number % 2:
            return bool(np.array_equal(selfie.process(portrait).segmentation_mask, mask))
        return bool(np.array_equal(selfie.process(portrait[:256]).segmentation_mask, halves))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(24))) == [True] * 24


@pytest.mark.mpgraph_leaks(dropped=True)
def test_no_thread_is_left(portrait: Pixels, backend: str) -> None:
    before = set(threading.enumerate())
    with SelfieSegmentation() as selfie:
        selfie.process(portrait)
        selfie.reset()
    unclosed = SelfieSegmentation(1)
    unclosed.process(portrait)
    del unclosed
    assert set(threading.enumerate()) <= before


LONG_RUN = """
import gc, resource, sys
import numpy as np
import mpgraph as mp

image = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
with mp.solutions.selfie_segmentation.SelfieSegmentation() as selfie:
    for i in range(360):
        if i in (60, 359):
            gc.collect()
            print(peak(), len(gc.get_objects()))
        selfie.process(image)
"""


def test_memory_does_not_grow(backend: str, checkout: Path) -> None:
    # In a separate process, whose peak memory other tests have not affected.
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(
        [sys.executable, "-c", LONG_RUN], capture_output=True, text=True, check=True, env=environment
    )
    (early, objects), (late, later_objects) = (map(int, line.split()) for line in done.stdout.splitlines())
    # 300 leaked masks of 1.2 MB would be 360 MB.
    assert late - early < 20_000, "KiB"
    assert later_objects - objects < 100
