from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from hdr_videos import GREY_CARD, GREY_CARD_SIGNAL, hdr_video

from mpgraph.media.hdr import HLG, PQ, ToneMapper, is_hdr, tone_map
from mpgraph.media.video_reader import VideoReader


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_a_grey_card_is_as_bright_as_in_sdr(transfer: int, tmp_path: Path) -> None:
    with VideoReader(hdr_video(tmp_path / "a.mkv", transfer, GREY_CARD_SIGNAL)) as reader:
        pixels = next(iter(reader)).pixels
    assert pixels.shape == (48, 64, 3) and pixels.dtype == np.uint8
    np.testing.assert_allclose(pixels, GREY_CARD, atol=3)


@pytest.mark.parametrize(("transfer", "white"), [(PQ, 0.58), (HLG, 0.75)])
def test_white_is_bright_and_highlights_are_brighter(transfer: int, white: float) -> None:
    # 203 cd/m2 in both, BT.2408; highlights up to the peak must stay distinct from it.
    signals = np.array([[white] * 3, [white + 0.1] * 3])
    levels = tone_map(signals, transfer)[:, 0] * 255
    assert 215 < levels[0] < levels[1] - 5 < 250


def test_the_peak_is_white_and_black_is_black() -> None:
    assert tone_map(np.array([[1.0] * 3, [0.0] * 3]), HLG) == pytest.approx(np.array([[1.0] * 3, [0.0] * 3]))
    # 1000 and 10000 cd/m2.
    assert tone_map(np.array([[0.7518] * 3, [1.0] * 3]), PQ) == pytest.approx(np.ones((2, 3)), abs=1e-3)


def test_a_color_of_the_smaller_gamut_is_that_color() -> None:
    # BT.709's pure red at 20 cd/m2, as BT.2087 gives it in BT.2020: 0.6274, 0.0691, 0.0164.
    light = 20 * np.array([0.6274, 0.0691, 0.0164]) / 10_000
    power = light ** (2610 / 16384)
    signal = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    red, green, blue = tone_map(signal[None], PQ)[0]
    assert red == pytest.approx((20 / 203) ** (1 / 2.4), abs=0.002)
    assert green < 0.05 and blue < 0.05


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_frames_are_as_exact_colors(transfer: int) -> None:
    random = np.random.default_rng(0)
    signal = (random.random((48, 64, 3)) * 65535).astype(np.uint16)
    frame = av.VideoFrame.from_ndarray(signal, format="rgb48le")
    found = ToneMapper(transfer).convert(frame, 64, 48).astype(float)
    exact = tone_map(signal.reshape(-1, 3) / 65535, transfer).reshape(48, 64, 3) * 255
    assert np.abs(found - exact).mean() < 1.5


def test_sdr_is_not_hdr() -> None:
    assert [transfer for transfer in range(20) if is_hdr(transfer)] == [PQ, HLG]
