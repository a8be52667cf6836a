"""What `mpgraph selfie` does with each image or frame, whatever its source and destination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mpgraph.effects.background import parse_background
from mpgraph.effects.effect import CutOut, Effect, MaskOnly, NewBackground
from mpgraph.errors import InvalidArgumentError

if TYPE_CHECKING:
    from mpgraph.effects.matte import Mask, Pixels
    from mpgraph.solutions.selfie_segmentation import SelfieSegmentation


@dataclass(frozen=True)
class SelfieJob:
    """The effect, the network, and how to name the results.

    model_selection: 0 for the general network, 1 for the landscape network.
    force: whether to replace existing files.
    device: where the network runs, "cpu" or "gpu".
    """

    effect: Effect
    model_selection: int
    force: bool
    device: str = "cpu"

    @property
    def label(self) -> str:
        """The part of the results' names after the input's name."""
        return "mask" if isinstance(self.effect, MaskOnly) else "selfie"

    @property
    def transparent(self) -> bool:
        """Whether results have alpha, which not every format supports."""
        return isinstance(self.effect, CutOut)

    @property
    def needs_png(self) -> bool:
        """Whether images are PNG by default: for transparency, and for exact masks."""
        return isinstance(self.effect, (CutOut, MaskOnly))

    def segmenter(self) -> SelfieSegmentation:
        """Return the network; close it after use."""
        from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

        return SelfieSegmentation(self.model_selection, device=self.device)

    def apply(self, segmenter: SelfieSegmentation, image: Pixels) -> Pixels:
        """Return the result for one image, HxWx3 uint8 RGB."""
        mask: Mask = segmenter.process(image).segmentation_mask
        return self.effect.apply(image, mask)


def effect_for(background: str | None, mask_only: bool, threshold: float | None) -> Effect:
    """Return the effect for the command's options.

    Raises:
        InvalidArgumentError, MediaError: the background is not valid.
    """
    if mask_only:
        if background is not None:
            raise InvalidArgumentError("--mask-only writes only the mask; leave out --background")
        return MaskOnly(threshold)
    if background is not None and background.strip().lower() == "transparent":
        return CutOut(threshold)
    return NewBackground(parse_background(background or "blur"), threshold)
