"""From decoded frames, in any pixel format and color space, to upright 8-bit RGB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mpgraph.formats.yuv420 import Yuv420
from mpgraph.media.containers import load_av
from mpgraph.media.hdr import ToneMapper, is_hdr
from mpgraph.media.orientation import Orientation
from mpgraph.media.transparency import flattened

if TYPE_CHECKING:
    import av
    from numpy.typing import NDArray

_BT709, _UNSPECIFIED_COLORSPACE = 1, 2
_UNSPECIFIED_RANGE, _LIMITED_RANGE = 0, 1
# What players assume for untagged videos: the HDTV matrix from this height on, the SDTV matrix below.
_HD_HEIGHT = 720


class FramePixels:
    """Converts the frames of one video, all to the size of the first.

    transfer: the video's transfer characteristic (ITU-T H.273); HDR (HLG and PQ) is tone-mapped.
    Transparent frames are flattened onto white.
    """

    def __init__(self, first: av.VideoFrame, transfer: int) -> None:
        self.orientation = Orientation.of_frame(first)
        self._stored_size = (first.width, first.height)
        self._reformatter = load_av().video.reformatter.VideoReformatter()
        self._tone_mapper = ToneMapper(transfer) if is_hdr(transfer) else None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright pixels."""
        return self.orientation.size(*self._stored_size)

    def convert(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """Return the pixels of a frame, HxWx3 uint8 RGB, C-contiguous."""
        if self._tone_mapper is not None:
            return self.orientation.apply(self._tone_mapper.convert(frame, *self._stored_size))
        has_alpha = _has_alpha(frame)
        pixels = self._reformat(frame, "rgba" if has_alpha else "rgb24")
        return self.orientation.apply(flattened(pixels) if has_alpha else pixels)

    def yuv(self, frame: av.VideoFrame) -> Yuv420 | None:
        """Return the planes of a frame, in its memory; None if they are stored otherwise, or turned."""
        colorspace, size = frame.colorspace, (frame.width, frame.height)
        if colorspace == _UNSPECIFIED_COLORSPACE and frame.height >= _HD_HEIGHT:
            colorspace = _BT709
        if (
            frame.format.name != "yuv420p"
            or colorspace != _BT709
            or frame.color_range not in (_UNSPECIFIED_RANGE, _LIMITED_RANGE)
            or self._tone_mapper is not None
            or self.orientation != Orientation()
            or size != self._stored_size
            or any(length % 2 for length in size)
        ):
            return None
        yuv = planes_of(frame)
        for plane in yuv.planes:  # Decoders predict other frames from it.
            plane.flags.writeable = False
        return yuv

    def _reformat(self, frame: av.VideoFrame, layout: str) -> NDArray[np.uint8]:
        colorspace = None
        if frame.colorspace == _UNSPECIFIED_COLORSPACE:
            colorspace = "ITU709" if frame.height >= _HD_HEIGHT else "ITU601"
        width, height = self._stored_size
        converted: Any = self._reformatter.reformat(frame, width, height, layout, src_colorspace=colorspace)
        pixels: NDArray[np.uint8] = converted.to_ndarray()
        return pixels


def planes_of(frame: av.VideoFrame) -> Yuv420:
    """Return the memory of a frame in yuv420p, without the padding at the end of rows."""
    luma, blue, red = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
        for plane in frame.planes
    )
    return Yuv420(luma, blue, red)


def _has_alpha(frame: av.VideoFrame) -> bool:
    # The colors of a palette may be transparent.
    return frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)
