"""Effects: from a picture and its mask to the picture that is shown or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mpgraph.effects.background import Background
from mpgraph.effects.compositing import compose, cut_out
from mpgraph.effects.matte import Mask, Matte, Picture, hard_matte, mask_picture, soft_matte


class Effect(Protocol):
    """Anything that makes a picture of a picture and its mask."""

    def apply(self, image: Picture, mask: Mask) -> Picture:
        """Return uint8 pixels of the picture's size: HxWx3 RGB, HxWx4 RGBA or HxW grey."""
        ...


@dataclass(frozen=True)
class NewBackground:
    """People before something else: HxWx3. With a `threshold` the edge is hard, else soft."""

    background: Background
    threshold: float | None = None

    def apply(self, image: Picture, mask: Mask) -> Picture:
        """Return the composed picture."""
        matte = _matte(image, mask, self.threshold)
        return compose(image, matte, self.background.behind(image, matte))


@dataclass(frozen=True)
class CutOut:
    """People before nothing: HxWx4, transparent elsewhere."""

    threshold: float | None = None

    def apply(self, image: Picture, mask: Mask) -> Picture:
        """Return the people with alpha."""
        return cut_out(image, _matte(image, mask, self.threshold))


@dataclass(frozen=True)
class MaskOnly:
    """The network's mask as a grey picture, HxW: white for people, all or nothing with a `threshold`."""

    threshold: float | None = None

    def apply(self, image: Picture, mask: Mask) -> Picture:
        """Return the mask's picture."""
        return mask_picture(mask) if self.threshold is None else hard_matte(mask, self.threshold)


def _matte(image: Picture, mask: Mask, threshold: float | None) -> Matte:
    return soft_matte(image, mask) if threshold is None else hard_matte(mask, threshold)
