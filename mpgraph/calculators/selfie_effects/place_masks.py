"""PlaceMasksCalculator: the masks of parts of an image as one mask."""

from __future__ import annotations

import cv2

from mpgraph.calculators.selfie_effects.rects import box_of, is_mirrored
from mpgraph.effects.placement import SEEN, MaskPlacer
from mpgraph.errors import ret_check
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image import IMAGE, Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.gpu.mattes import place_masks


@mp.register
class PlaceMasksCalculator(mp.Calculator):
    """Puts the masks of parts of an image where these parts are.

                    +------------+
           MASKS -->|            |
      NORM_RECTS -->| PlaceMasks |-> MASK
            SIZE -->|            |
           IMAGE -->|            |
                    +------------+

    MASKS:0, 1, ...: lists of Images, VEC32F1, of which some may be missing. NORM_RECTS:0, 1, ...: the part
        that each shows, as TileToTensorCalculator takes it; mirrored masks are mirrored back.
    SIZE: (width, height) of the image.
    IMAGE: Image of the size that the mask shall have.
    MASK: Image, VEC32F1, on the GPU if MASKS are: at least 1/1024 inside of rectangles, 0 elsewhere. Where
        two overlap, the masks fade into one another.
    """

    masks = mp.Input("MASKS", packet_type.vector(IMAGE), repeated=True)
    rects = mp.Input(
        "NORM_RECTS", packet_type.vector(mp.message_type("mediapipe.NormalizedRect")), repeated=True
    )
    size = mp.Input("SIZE", INT_PAIR)
    image = mp.Input("IMAGE", Image)
    mask = mp.Output("MASK", Image)
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
        size, image = cc[self.size], cc[self.image]
        buffers = [buffer for mask in masks if (buffer := mask.gpu_buffer) is not None]
        if buffers:
            boxes = [box_of(rect, *size).tolist() for rect in rects]
            mirrored = list(map(is_mirrored, rects))
            on_gpu = place_masks(buffers, boxes, mirrored, size, (image.width, image.height), seen=SEEN)
            cc.emit(self.mask, Image.from_gpu_buffer(on_gpu))
            return
        mask = self._placer.place(
            [
                cv2.flip(mask.pixels, 1) if is_mirrored(rect) else mask.pixels
                for mask, rect in zip(masks, rects, strict=True)
            ],
            [box_of(rect, *size) for rect in rects],
            size,
            (image.width, image.height),
        )
        cc.emit(self.mask, Image.wrap(mask, ImageFormat.VEC32F1))
