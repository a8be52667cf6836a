"""From decoded frames, in any pixel format and color space, to upright 8-bit RGB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mpgraph.media.containers import load_av
from mpgraph.media.hdr import ToneMapper, is_hdr
from mpgraph.media.orientation import Orientation
from mpgraph.media.transparency import flattened

if TYPE_CHECKING:
    import av
    import numpy as np
    from numpy.typing import NDArray

_UNSPECIFIED_COLORSPACE = 2
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

    def _reformat(self, frame: av.VideoFrame, layout: str) -> NDArray[np.uint8]:
        colorspace = None
        if frame.colorspace == _UNSPECIFIED_COLORSPACE:
            colorspace = "ITU709" if frame.height >= _HD_HEIGHT else "ITU601"
        width, height = self._stored_size
        converted: Any = self._reformatter.reformat(frame, width, height, layout, src_colorspace=colorspace)
        pixels: NDArray[np.uint8] = converted.to_ndarray()
        return pixels


def _has_alpha(frame: av.VideoFrame) -> bool:
    # The colors of a palette may be transparent.
    return frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)
