"""PeopleRectsCalculator: the parts of an image in which to segment people."""

from __future__ import annotations

from mpgraph.calculators.selfie_effects.rects import norm_rect
from mpgraph.calculators.selfie_effects.thumbnails import searched
from mpgraph.effects.boxes import Box, union, whole_view
from mpgraph.effects.people import PeopleTracker, TileOptions, people_box
from mpgraph.effects.steadiness import MOST_GAP_US
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image import Image
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.protos import selfie_effects_calculators_pb2


@mp.register
class PeopleRectsCalculator(mp.Calculator):
    """Follows the people of a video with rectangles.

                       +-------------+
               SIZE -->|             |-> NORM_RECTS
      MASK_PREVIOUS -->| PeopleRects |-> NORM_RECTS_HELD
         MASK_WHOLE -->|             |-> NORM_RECTS_WIDE
                       +-------------+

    SIZE: (width, height) of the image.
    MASK_PREVIOUS: Image, VEC32F1, the people in the previous frame.
    MASK_WHOLE: Image, VEC32F1, the people in the rectangle of LookAroundCalculator, where it looked around.
    NORM_RECTS: a list of NormalizedRects, one square, or two where people stand wider than 1.25 of their
        height; where nobody is known, the whole image, in whatever shape.
    NORM_RECTS_HELD: if connected, one of two squares in every other frame in which people move slowly; it is
        not among NORM_RECTS then, and the previous mask stays there.
    NORM_RECTS_WIDE: if connected and `max_tiles` is 1, instead of that one with the aspect ratio 16:9, for
        the landscape network, where people stand so wide that a square is more than 1.3 as high as the image.

    With the side packet USE_PREVIOUS (bool, default: true) false each is there twice, also mirrored, with a
    negative width. Options: `margin`, `hold`, `max_tiles`.
    """

    size = mp.Input("SIZE", INT_PAIR)
    previous = mp.Input("MASK_PREVIOUS", Image, optional=True)
    whole = mp.Input("MASK_WHOLE", Image, optional=True)
    use_previous = mp.SideInput("USE_PREVIOUS", bool, optional=True)
    rects = mp.Output("NORM_RECTS", packet_type.vector(mp.message_type("mediapipe.NormalizedRect")))
    held = mp.Output(
        "NORM_RECTS_HELD", packet_type.vector(mp.message_type("mediapipe.NormalizedRect")), optional=True
    )
    wide = mp.Output(
        "NORM_RECTS_WIDE", packet_type.vector(mp.message_type("mediapipe.NormalizedRect")), optional=True
    )
    Options = mp.ProtoOptions(selfie_effects_calculators_pb2.PeopleRectsCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`margin` and `hold` are not negative, `max_tiles` is 1 or 2."""
        super().get_contract(contract)
        options = contract.options
        contract.need(options.max_tiles in (1, 2), f"max_tiles is {options.max_tiles}; it must be 1 or 2.")
        contract.need(
            0 <= options.hold <= options.margin <= 1,
            f"hold is {options.hold}, margin {options.margin}; needed are 0 <= hold <= margin <= 1.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._tracker = PeopleTracker(
            TileOptions(options.margin, options.hold, options.max_tiles, landscape=cc.connected(self.wide))
        )
        self._size = (0, 0)
        self._last = 0
        # Of a single image two views are averaged; in a video the mask is steadied instead.
        self._views = (False,) if cc.get(self.use_previous, True) else (False, True)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if not cc.has(self.size):
            return
        width, height = size = cc[self.size]
        if size != self._size or not cc.has(self.previous):
            self._tracker.forget()
            self._size = size
        whole = Box(0, 0, width, height)
        seen = union(
            _box_in(whole, cc.get(self.previous)), _box_in(whole_view(width, height), cc.get(self.whole))
        )
        tiles = self._tracker.update(seen, width, height) or [whole]
        held = self._tracker.left_out
        if held is not None and cc.connected(self.held) and cc.t - self._last <= MOST_GAP_US:
            cc.emit(self.held, [norm_rect(tiles[held], width, height)])
            tiles = tiles[:held] + tiles[held + 1 :]
        self._last = cc.t
        cc.emit(
            self.wide if self._tracker.wide else self.rects,
            [norm_rect(tile, width, height, mirrored=mirrored) for mirrored in self._views for tile in tiles],
        )


def _box_in(view: Box, mask: Image | None) -> Box | None:
    """The box round the people in a mask of this part of the image."""
    found = None if mask is None else people_box(searched(mask))
    if found is None:
        return None
    return Box(
        view.left + found.left * view.width,
        view.top + found.top * view.height,
        view.left + found.right * view.width,
        view.top + found.bottom * view.height,
    )
