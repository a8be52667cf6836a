from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.formats.yuv420 import Yuv420

Pixels = npt.NDArray[np.uint8]


def converted(rgb: Pixels) -> Yuv420:
    yuv = Yuv420.empty(rgb.shape[1], rgb.shape[0])
    yuv.fill(rgb)
    return yuv


def gradients() -> Pixels:
    rows, columns = np.mgrid[:64, :96]
    return np.stack([2 * columns, 4 * rows - columns + 95, 255 - 2 * rows], 2).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("rgb", "yuv"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_colors_of_bt709(rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    image = np.full((4, 6, 3), rgb, np.uint8)
    planes = converted(image)
    assert planes.shape == image.shape
    for plane, level in zip(planes.planes, yuv, strict=True):
        assert np.abs(plane.astype(int) - level).max() <= 1
    assert np.abs(planes.rgb().astype(int) - rgb).max() <= 3


def test_chroma_is_a_mean_of_four_pixels() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 0] = 0, 0, 255
    yuv = converted(image)
    assert yuv.luma.tolist() == [[32, 16], [16, 16]]
    assert [yuv.blue.item(), yuv.red.item()] == pytest.approx([156, 126], abs=1)


def test_it_is_what_the_scaler_of_ffmpeg_computes() -> None:
    av = pytest.importorskip("av")
    frame = av.VideoFrame.from_ndarray(gradients(), format="rgb24").reformat(
        format="yuv420p", dst_colorspace="ITU709", src_color_range="JPEG", dst_color_range="MPEG"
    )
    flat = np.concatenate([plane.ravel() for plane in converted(gradients()).planes])
    assert np.abs(frame.to_ndarray().astype(int).ravel() - flat).mean() < 0.6


def test_smooth_images_survive_the_conversion_there_and_back() -> None:
    assert np.abs(converted(gradients()).rgb().astype(int) - gradients()).mean() < 1.5


def test_planes_are_copied_from_planes() -> None:
    source = converted(gradients())
    copy = Yuv420.empty(96, 64)
    copy.fill(source)
    assert (copy.rgb() == source.rgb()).all() and not np.shares_memory(copy.luma, source.luma)
