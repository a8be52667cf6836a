"""What one call of `mpgraph selfie` does to every frame, whatever it reads and writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mpgraph.errors import InvalidArgumentError

if TYPE_CHECKING:
    from mpgraph.effects.effect import Effect
    from mpgraph.effects.matte import Mask, Picture
    from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

TRANSPARENT = "transparent"


@dataclass(frozen=True)
class SelfieJob:
    """The effect, the network (0 general, 1 landscape), and how results are named.

    transparent: whether results have alpha, which not every format can hold.
    force: whether files that exist are replaced.
    device: "cpu" or "gpu", where the network runs.
    """

    effect: Effect
    model_selection: int
    label: str
    transparent: bool
    force: bool
    device: str = "cpu"

    @classmethod
    def of_options(
        cls,
        background: str | None,
        mask_only: bool,
        threshold: float | None,
        model_selection: int,
        force: bool,
        device: str = "cpu",
    ) -> SelfieJob:
        """Understand the command's options.

        Raises:
            InvalidArgumentError, MediaError: the background is not one.
        """
        from mpgraph.effects.background import parse_background
        from mpgraph.effects.effect import CutOut, MaskOnly, NewBackground

        if mask_only and background is not None:
            raise InvalidArgumentError("--mask-only writes the mask alone; leave --background out")
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
        """Whether pictures are PNG unless the user says otherwise: for alpha, and for exact masks."""
        return self.transparent or self.label == "mask"

    def segmenter(self) -> SelfieSegmentation:
        """Return the network, to be closed after use."""
        from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

        return SelfieSegmentation(self.model_selection, device=self.device)

    def apply(self, segmenter: SelfieSegmentation, image: Picture) -> Picture:
        """Return the result for one RGB picture."""
        mask: Mask = segmenter.process(image).segmentation_mask
        return self.effect.apply(image, mask)
