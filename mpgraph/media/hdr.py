"""Tone mapping of HDR video (HLG and PQ, BT.2100) to the SDR that models and screens expect.

Colors are kept up to about 85 cd/m2, where most of an image is; brighter ones are compressed up to a peak of
1000 cd/m2 by the curve of ITU-R BT.2390, 5.4.1. Diffuse white of HDR, 203 cd/m2 (BT.2408), is SDR's peak.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mpgraph.media.containers import load_av

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

PQ, HLG = 16, 18
"""The transfer characteristics of HDR, by their numbers in ITU-T H.273."""

_BT2020 = 9  # H.273's matrix, by FFmpeg's number; older PyAV has no name for it.
_SOURCE_PEAK = 1000.0
_SDR_PEAK = 203.0
_SDR_GAMMA = 2.4  # BT.1886
_PQ_PEAK = 10_000.0
# Enough points that interpolated colors differ from exact ones by about one of 255 levels.
_LUT_POINTS = 33

# BT.2100, table 4.
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
# BT.2100, table 5, and the gamma of its OOTF for a peak of 1000 cd/m2.
_A, _B, _C = 0.17883277, 0.28466892, 0.55991073
_HLG_GAMMA = 1.2
_LUMA_2020 = np.array([0.2627, 0.6780, 0.0593])
# BT.2087: linear colors with the primaries of BT.2020 to those of BT.709.
_TO_709 = np.array(
    [[1.660491, -0.587641, -0.072850], [-0.124550, 1.132900, -0.008349], [-0.018151, -0.100579, 1.118730]]
)


def is_hdr(transfer: int) -> bool:
    """Whether a transfer characteristic (ITU-T H.273) is that of HDR."""
    return transfer in (PQ, HLG)


def tone_map(colors: Values, transfer: int) -> Values:
    """Convert colors of HDR, Nx3 in [0, 1], to SDR with the primaries of BT.709, Nx3 in [0, 1]."""
    light = _from_hlg(colors) if transfer == HLG else _from_pq(colors)
    # The largest component decides, so that no hue changes.
    peak = light.max(axis=1, keepdims=True)
    light = light * (_compressed(peak) / np.maximum(peak, 1e-9))
    sdr: Values = np.clip(light @ _TO_709.T / _SDR_PEAK, 0, 1) ** (1 / _SDR_GAMMA)
    return sdr


class ToneMapper:
    """Converts the frames of an HDR video to SDR, 8-bit RGB."""

    def __init__(self, transfer: int) -> None:
        self._av = load_av()
        self._transfer = transfer
        self._reformatter = self._av.video.reformatter.VideoReformatter()
        self._graph: Any = None
        self._size = (0, 0)

    def convert(self, frame: Any, width: int, height: int) -> NDArray[np.uint8]:
        """Return the RGB pixels, HxWx3 uint8, of a frame of PyAV."""
        import av.filter

        if self._size != (width, height):
            # The filter reads its table from a file; the table is in memory once it is configured.
            table = _table_file(self._transfer)
            try:
                self._graph = av.filter.Graph()
                self._graph.link_nodes(
                    self._graph.add_buffer(
                        width=width, height=height, format=av.VideoFormat("rgb48le"), time_base=1
                    ),
                    self._graph.add("lut3d", file=str(table)),
                    self._graph.add("buffersink"),
                ).configure()
            finally:
                table.unlink()
            self._size = (width, height)
        wide = self._reformatter.reformat(
            frame, width, height, "rgb48le", src_colorspace=_BT2020, dst_color_range="JPEG"
        )
        self._graph.vpush(wide)
        pixels: NDArray[np.uint8] = self._graph.vpull().to_ndarray(format="rgb24")
        return pixels


def _from_pq(signal: Values) -> Values:
    """Light in cd/m2 of a PQ signal."""
    power = np.clip(signal, 0, 1) ** (1 / _M2)
    light: Values = _PQ_PEAK * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
    return light


def _to_pq(light: Values) -> Values:
    power = np.clip(light / _PQ_PEAK, 0, 1) ** _M1
    signal: Values = ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2
    return signal


def _from_hlg(signal: Values) -> Values:
    """Light in cd/m2 of an HLG signal on a display of 1000 cd/m2."""
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - _C) / _A) + _B) / 12)
    luminance = scene @ _LUMA_2020[:, None]
    light: Values = _SOURCE_PEAK * scene * np.maximum(luminance, 1e-9) ** (_HLG_GAMMA - 1)
    return light


def _compressed(light: Values) -> Values:
    """The light in cd/m2 on an SDR display: unchanged up to a knee, then a Hermite spline."""
    source_peak = _to_pq(np.array(_SOURCE_PEAK))
    largest = _to_pq(np.array(_SDR_PEAK)) / source_peak
    signal = np.minimum(_to_pq(light) / source_peak, 1)
    knee = 1.5 * largest - 0.5
    t = np.maximum(signal - knee, 0) / (1 - knee)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * largest
    )
    return _from_pq(np.where(signal < knee, signal, spline) * source_peak)


@lru_cache(maxsize=2)
def _table(transfer: int) -> str:
    """A table of colors in the text format .cube, in which red varies fastest."""
    axis = np.linspace(0, 1, _LUT_POINTS)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colors = tone_map(np.stack([red, green, blue], axis=-1).reshape(-1, 3), transfer)
    rows = "\n".join(" ".join(f"{value:.5f}" for value in color) for color in colors)
    return f"LUT_3D_SIZE {_LUT_POINTS}\n{rows}\n"


def _table_file(transfer: int) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="mpgraph-", suffix=".cube")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_table(transfer))
    return Path(name)
