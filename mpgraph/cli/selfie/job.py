"""What `mpgraph selfie` does with each image or frame, whatever its source and destination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mpgraph.errors import InvalidArgumentError

if TYPE_CHECKING:
    from mpgraph.effects.effect import Effect
    from mpgraph.effects.matte import Mask, Pixels
    from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

TRANSPARENT = "transparent"


@dataclass(frozen=True)
class SelfieJob:
    """The effect, the network, and how to name the results.

    model_selection: 0 for the general network, 1 for the landscape network.
    label: the part of the results' names after the input's name.
    transparent: whether results have alpha, which not every format supports.
    force: whether to replace existing files.
    device: where the network runs, "cpu" or "gpu".
    """

    effect: Effect
    model_selection: int
    label: str
    transparent: bool
    force: bool
    device: str = "cpu"

    @classmethod
    def from_options(
        cls,
        background: str | None,
        mask_only: bool,
        threshold: float | None,
        model_selection: int,
        force: bool,
        device: str = "cpu",
    ) -> SelfieJob:
        """Create the job for the command's options.

        Raises:
            InvalidArgumentError, MediaError: the background is not valid.
        """
        from mpgraph.effects.background import parse_background
        from mpgraph.effects.effect import CutOut, MaskOnly, NewBackground

        if mask_only and background is not None:
            raise InvalidArgumentError("--mask-only writes only the mask; leave out --background")
        chosen = background or "blur"
        transparent = not mask_only and chosen.strip().lower() == TRANSPARENT
        effect: Effect
        if mask_only:
            effect = MaskOnly(threshold)
        elif transparent:
            effect = CutOut(threshold)
        else:
            effect = NewBackground(parse_background(chosen), threshold)
        return cls(effect, model_selection, "mask" if mask_only else "selfie", transparent, force, device)

    @property
    def needs_png(self) -> bool:
        """Whether images are PNG by default: for transparency, and for exact masks."""
        return self.transparent or self.label == "mask"

    def segmenter(self) -> SelfieSegmentation:
        """Return the network; close it after use."""
        from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

        return SelfieSegmentation(self.model_selection, device=self.device)

    def apply(self, segmenter: SelfieSegmentation, image: Pixels) -> Pixels:
        """Return the result for one image, HxWx3 uint8 RGB."""
        mask: Mask = segmenter.process(image).segmentation_mask
        return self.effect.apply(image, mask)
