from __future__ import annotations

import numpy as np
import pytest

from mpgraph.media.yuv import yuv420


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
    planes = yuv420(np.full((4, 6, 3), rgb, np.uint8))
    assert planes.shape == (6, 6)
    parts = (planes[:4], planes[4:].reshape(2, 2, 3)[0], planes[4:].reshape(2, 2, 3)[1])
    for part, level in zip(parts, yuv, strict=True):
        assert np.abs(part.astype(int) - level).max() <= 1


def test_chroma_is_a_mean_of_four_pixels() -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 0] = 0, 0, 255
    planes = yuv420(image)
    assert planes[0].tolist() == [32, 16] and planes[1].tolist() == [16, 16]
    assert planes[2].tolist() == pytest.approx([156, 126], abs=1)


def test_it_is_what_the_scaler_of_ffmpeg_computes() -> None:
    av = pytest.importorskip("av")
    rows, columns = np.mgrid[:64, :96]
    image = np.stack([2 * columns, 4 * rows - columns, 255 - 2 * rows], 2).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(
        format="yuv420p", dst_colorspace="ITU709", src_color_range="JPEG", dst_color_range="MPEG"
    )
    assert np.abs(frame.to_ndarray().astype(int) - yuv420(image)).mean() < 0.6
