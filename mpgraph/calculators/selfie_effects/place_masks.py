"""PlaceMasksCalculator: the masks of parts of an image as one mask."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mpgraph.calculators.selfie_effects.rects import box_of, is_mirrored
from mpgraph.effects.placement import SEEN, MaskPlacer
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.gpu import upload
from mpgraph.gpu.context import texture_of
from mpgraph.gpu.mattes import place_masks

_FLAT_SIDE = 64  # So fine is the ramp over which it fades out.


@mp.register
class PlaceMasksCalculator(mp.Calculator):
    """Puts the masks of parts of an image where these parts are.

                         +------------+
                MASKS -->|            |
           NORM_RECTS -->|            |-> MASK
      NORM_RECTS_HELD -->| PlaceMasks |
                 SIZE -->|            |-> HELD
                IMAGE -->|            |
                         +------------+

    MASKS:0, 1, ...: lists of Images, VEC32F1, of which some may be missing. NORM_RECTS:0, 1, ...: the part
        that each shows, as TileToTensorCalculator takes it; mirrored masks are mirrored back.
    NORM_RECTS_HELD: parts without a mask, where the previous one stays.
    SIZE: (width, height) of the image.
    IMAGE: Image of the size that the mask shall have.
    MASK: Image, VEC32F1, on the GPU if MASKS are: at least 1/1024 inside of rectangles, 0 elsewhere. Where
        two overlap, the masks fade into one another.
    HELD: where there are NORM_RECTS_HELD, Image, VEC32F1, the share of the previous mask that is to be added.
    """

    masks = mp.Input("MASKS", packet_type.vector(IMAGE), repeated=True)
    rects = mp.Input(
        "NORM_RECTS", packet_type.vector(mp.message_type("mediapipe.NormalizedRect")), repeated=True
    )
    held = mp.Input(
        "NORM_RECTS_HELD", packet_type.vector(mp.message_type("mediapipe.NormalizedRect")), optional=True
    )
    size = mp.Input("SIZE", INT_PAIR)
    image = mp.Input("IMAGE", Image)
    mask = mp.Output("MASK", Image)
    share = mp.Output("HELD", Image, optional=True)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._placer = MaskPlacer()

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        masks = [mask for some in cc.values(self.masks) for mask in some or ()]
        rects = [rect for some in cc.values(self.rects) for rect in some or ()]
        if not masks or not rects:
            return
        ret_check(len(masks) == len(rects), f"there are {len(masks)} MASKS and {len(rects)} NORM_RECTS.")
        held = cc.get(self.held) or []
        places = [*rects, *held], cc[self.size], (cc[self.image].width, cc[self.image].height)
        shown = [*masks, *(_flat(0, masks[0]) for _ in held)]
        cc.emit(self.mask, self._placed(shown, *places))
        if held:
            shares = [_flat(number >= len(masks), masks[0]) for number in range(len(shown))]
            cc.emit(self.share, self._placed(shares, *places))

    def _placed(
        self, masks: list[Image], rects: list[Any], image_size: tuple[int, int], size: tuple[int, int]
    ) -> Image:
        buffers = [buffer for mask in masks if (buffer := mask.gpu_buffer) is not None]
        boxes = [box_of(rect, *image_size) for rect in rects]
        if buffers:
            mirrored = list(map(is_mirrored, rects))
            on_gpu = place_masks(buffers, boxes, mirrored, image_size, size, seen=SEEN)
            return Image.from_gpu_buffer(on_gpu)
        pixels: list[Any] = [
            cv2.flip(mask.pixels, 1) if is_mirrored(rect) else mask.pixels
            for mask, rect in zip(masks, rects, strict=True)
        ]
        return Image.wrap(self._placer.place(pixels, boxes, image_size, size), ImageFormat.VEC32F1)


def _flat(value: float, like: Image) -> Image:
    """A mask that has one value everywhere, where `like` is."""
    mask = Image.wrap(np.full((_FLAT_SIDE, _FLAT_SIDE), value, np.float32))
    buffer = like.gpu_buffer
    return mask if buffer is None else Image.from_gpu_buffer(upload(mask, texture_of(buffer).context))
