"""SelfieMatte: mattes of stills and videos, of all sizes, on the CPU and the GPU."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np
import pytest

import mpgraph as mp

SelfieMatte = mp.solutions.selfie_matte.SelfieMatte
SelfieSegmentation = mp.solutions.selfie_segmentation.SelfieSegmentation

IN_THE_PERSON = [(110, 225), (60, 225), (300, 150), (480, 200)]  # (row, column)
IN_THE_BACKGROUND = [(60, 420), (30, 100), (80, 330), (250, 410)]


@pytest.fixture(params=["fast", "best"])
def matter(request: pytest.FixtureRequest) -> Iterator[Any]:
    with SelfieMatte(refine=request.param) as solution:
        yield solution


def scene(portrait: Any, x: int, width: int = 960, height: int = 540) -> Any:
    """The person of the portrait at a place in a wide image, on a plain background."""
    with SelfieSegmentation() as raw:
        alpha = raw.process(portrait).segmentation_mask[..., None]
    image = np.full((height, width, 3), (90, 130, 90), np.uint8)
    left, right = max(x, 0), min(x + 512, width)
    if right > left:
        rows, inside = slice(height - 512, height), slice(left - x, right - x)
        person, weight = portrait[:, inside], alpha[:, inside]
        image[rows, left:right] = weight * person + (1 - weight) * image[rows, left:right]
    return image


@pytest.mark.parametrize("static", [False, True])
@pytest.mark.parametrize("refine", ["fast", "balanced", "best", "off"])
def test_portrait(portrait: Any, static: bool, refine: str) -> None:
    with SelfieMatte(static_image_mode=static, refine=refine) as matter:
        result = matter.process(portrait)
    assert result.matte.shape == portrait.shape[:2] and result.matte.dtype == np.uint8
    assert not result.matte.flags.writeable
    assert all(result.matte[place] > 200 for place in IN_THE_PERSON)
    assert all(result.matte[place] < 50 for place in IN_THE_BACKGROUND)


def test_frames_need_no_other_threads(portrait: Any) -> None:
    before = threading.active_count()
    with SelfieMatte() as matter:
        matter.process(portrait)
        assert threading.active_count() == before


def test_foreground_is_the_person_without_the_background(portrait: Any, matter: Any) -> None:
    result = matter.process(portrait)
    foreground, matte = result.foreground, result.matte
    assert foreground.shape == portrait.shape and foreground.dtype == np.uint8
    assert (foreground[matte == 255] == portrait[matte == 255]).all()
    assert not foreground[matte == 0].any()
    assert result.foreground is foreground


def test_off_is_the_mask_of_selfie_segmentation(portrait: Any) -> None:
    with SelfieMatte(refine="off") as matter, SelfieSegmentation() as raw:
        mask = raw.process(portrait).segmentation_mask
        assert np.abs(matter.process(portrait).matte - 255.0 * mask).max() <= 0.51


def test_a_person_who_enters_and_leaves(portrait: Any, matter: Any) -> None:
    empty = scene(portrait, 2000)
    assert matter.process(empty).matte.mean() < 5
    seen = []
    for x in (*range(940, 220, -60), *[220] * 4):
        image = scene(portrait, x)
        seen.append(float((matter.process(image).matte > 128).mean()))
    with SelfieMatte(static_image_mode=True) as alone:
        whole = float((alone.process(scene(portrait, 220)).matte > 128).mean())
    assert seen[-1] == pytest.approx(whole, rel=0.1)
    assert seen[6] > 0.3 * whole
    for _ in range(16):
        last = matter.process(empty).matte
    assert last.mean() < 5


def test_a_cut_leaves_nothing_of_the_scene_before(portrait: Any, matter: Any) -> None:
    for _ in range(3):
        matter.process(scene(portrait, 0))
    after = scene(portrait, 448)
    after[:] = 255 - after
    after[28:, 448:] = scene(portrait, 448)[28:, 448:]
    matte = matter.process(after).matte
    assert matte[:, :400].mean() < 8
    assert (matte[:, 560:] > 128).mean() > 0.3


def pair(portrait: Any) -> Any:
    """Two people far from each other."""
    both = scene(portrait, -60)
    both[:, 500:] = scene(portrait, 508)[:, 500:]
    return both


def test_another_person_far_away_gets_into_the_matte(portrait: Any, matter: Any) -> None:
    for _ in range(2):
        matte = matter.process(pair(portrait)).matte
    assert (matte[:, :450] > 128).mean() > 0.3 and (matte[:, 520:] > 128).mean() > 0.3


def test_sizes_may_change_from_image_to_image(portrait: Any, matter: Any) -> None:
    for size in [(512, 512), (320, 568), (568, 320), (512, 512)]:
        resized = np.asarray(cv2.resize(portrait, size))
        matte = matter.process(resized).matte
        assert matte.shape == size[::-1]
        assert 0.3 < (matte > 128).mean() < 0.75


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 9), (9, 1), (2, 3), (33, 17), (1600, 200), (200, 1600), (641, 361), (7680, 4320)]
)
@pytest.mark.parametrize("refine", ["fast", "best"])
def test_all_sizes(portrait: Any, size: tuple[int, int], refine: str) -> None:
    image = np.asarray(cv2.resize(portrait, size))
    with SelfieMatte(refine=refine) as matter:
        result = matter.process(image)
    assert result.matte.shape == size[::-1]
    assert result.foreground.shape == image.shape


def test_results_stay_as_they_are_while_others_are_computed(portrait: Any, matter: Any) -> None:
    first = matter.process(portrait).matte
    copy = first.copy()
    for shift in range(12):
        matter.process(np.roll(portrait, 10 * shift, axis=1))
    assert (first == copy).all()


def test_the_matte_rests_where_the_image_rests(portrait: Any, matter: Any) -> None:
    random = np.random.default_rng(4)

    def noisy() -> Any:
        return np.clip(portrait + random.normal(0, 3, portrait.shape), 0, 255).astype(np.uint8)

    with SelfieSegmentation() as raw:
        plain = [255 * raw.process(noisy()).segmentation_mask for _ in range(8)]
        mattes = [matter.process(noisy()).matte.astype(np.float32) for _ in range(8)]
    flicker, raw_flicker = (
        np.abs(np.diff(each[2:], axis=0)).mean() for each in (np.array(mattes), np.array(plain))
    )
    assert flicker < 0.7 * raw_flicker


def test_reset_forgets(portrait: Any, matter: Any) -> None:
    first = matter.process(portrait).matte.copy()
    matter.process(portrait[:, ::-1])
    matter.reset()
    assert (matter.process(portrait).matte == first).all()


@pytest.mark.parametrize(("argument", "hint"), [("fats", 'Did you mean "fast"'), (None, "not None")])
def test_unknown_refinements_are_refused(argument: Any, hint: str) -> None:
    with pytest.raises(ValueError, match=f'refine must be "fast", "balanced", "best" or "off".*{hint}'):
        SelfieMatte(refine=argument)


def test_invalid_images_are_refused_and_the_next_one_works(portrait: Any, matter: Any) -> None:
    with pytest.raises(ValueError, match="three channel"):
        matter.process(portrait[..., 0])
    with pytest.raises(TypeError, match="uint8"):
        matter.process(portrait.astype(np.float32))
    assert matter.process(portrait).matte.any()


@pytest.mark.skipif(find_spec("wgpu") is None, reason="no wgpu, as in the environment of tflite-runtime")
@pytest.mark.parametrize("refine", ["fast", "best"])
def test_gpu_and_cpu_agree(portrait: Any, refine: str) -> None:
    with SelfieMatte(refine=refine) as cpu, SelfieMatte(refine=refine, device="gpu") as gpu:
        images = [*(scene(portrait, x) for x in (200, 212, 260)), pair(portrait)]
        near = []
        # The pair more than once: then one of its two tiles is held.
        for image in [*images, *images[-1:] * 4]:
            one, other = (solution.process(image).matte.astype(int) for solution in (cpu, gpu))
            near.append((np.abs(one - other) <= 2).mean())
        # Where a tile cuts somebody off, its edge may differ by a pixel of a thumbnail, six of the image.
        assert np.mean(near) >= 0.995 and min(near) >= 0.99
