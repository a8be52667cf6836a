"""Effects: from an image and its mask to the result that is shown or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mpgraph.effects.background import Background
from mpgraph.effects.compositing import compose, cut_out
from mpgraph.effects.matte import Mask, Matte, Pixels, hard_matte, mask_image, soft_matte
from mpgraph.framework.override import override


class Effect(Protocol):
    """Computes a result from an image and its mask."""

    def apply(self, image: Pixels, mask: Mask) -> Pixels:
        """Return the result, uint8, of the image's size: HxWx3 RGB, HxWx4 RGBA or HxW grey.

        image: HxWx3 uint8 RGB. mask: HxW float32, 0 for background to 1 for a person.
        """
        ...


@dataclass(frozen=True)
class NewBackground(Effect):
    """People in front of a new background, HxWx3 RGB. With a `threshold` the edge is hard, else soft."""

    background: Background
    threshold: float | None = None

    @override
    def apply(self, image: Pixels, mask: Mask) -> Pixels:
        matte = _matte(image, mask, self.threshold)
        return compose(image, matte, self.background.behind(image, matte))


@dataclass(frozen=True)
class CutOut(Effect):
    """Only the people, HxWx4 RGBA, transparent elsewhere. With a `threshold` the edge is hard, else soft."""

    threshold: float | None = None

    @override
    def apply(self, image: Pixels, mask: Mask) -> Pixels:
        return cut_out(image, _matte(image, mask, self.threshold))


@dataclass(frozen=True)
class MaskOnly(Effect):
    """The network's mask as a grey image, HxW: white for people; only black and white with a `threshold`."""

    threshold: float | None = None

    @override
    def apply(self, image: Pixels, mask: Mask) -> Pixels:
        return mask_image(mask) if self.threshold is None else hard_matte(mask, self.threshold)


def _matte(image: Pixels, mask: Mask, threshold: float | None) -> Matte:
    return soft_matte(image, mask) if threshold is None else hard_matte(mask, threshold)
