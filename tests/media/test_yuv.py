from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.media.yuv import fill_yuv420

Plane = npt.NDArray[np.uint8]


def yuv420(rgb: Plane) -> list[Plane]:
    height, width = rgb.shape[:2]
    planes = [np.empty((height // part, width // part), np.uint8) for part in (1, 2, 2)]
    fill_yuv420(planes, rgb)
    return planes


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
    for plane, level in zip(yuv420(np.full((4, 6, 3), rgb, np.uint8)), yuv, strict=True):
        assert np.abs(plane.astype(int) - level).max() <= 1


def test_chroma_is_a_mean_of_four_pixels() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 0] = 0, 0, 255
    luma, blue, red = yuv420(image)
    assert luma.tolist() == [[32, 16], [16, 16]]
    assert [blue.item(), red.item()] == pytest.approx([156, 126], abs=1)


def test_it_is_what_the_scaler_of_ffmpeg_computes() -> None:
    av = pytest.importorskip("av")
    rows, columns = np.mgrid[:64, :96]
    image = np.stack([2 * columns, 4 * rows - columns, 255 - 2 * rows], 2).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(
        format="yuv420p", dst_colorspace="ITU709", src_color_range="JPEG", dst_color_range="MPEG"
    )
    flat = np.concatenate([plane.ravel() for plane in yuv420(image)])
    assert np.abs(frame.to_ndarray().astype(int).ravel() - flat).mean() < 0.6
