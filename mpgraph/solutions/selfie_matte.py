"""SelfieMatte: compute a steady matte of the people in a video or an image, with a precise edge.

mpgraph's own; MediaPipe has no such solution. The graphs are graphs/selfie_effects/selfie_matte_cpu.pbtxt and
selfie_matte_gpu.pbtxt.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mpgraph.effects.compositing import Composer
from mpgraph.effects.matte import mask_image
from mpgraph.effects.refinement import REFINEMENTS
from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.solutions.device import check_device, float_mask
from mpgraph.solutions.packet_data_type import shared_view
from mpgraph.solutions.solution_base import SolutionBase

_GRAPH = "mediapipe/graphs/selfie_effects/selfie_matte_{}.pbtxt"
_RAW_GRAPH = "mediapipe/modules/selfie_segmentation/selfie_segmentation_{}.pbtxt"
_CHOICES = (*REFINEMENTS, "off")


class SelfieMatteOutputs:
    """The results of `SelfieMatte.process`.

    matte: HxW uint8 of the image's size, the share of the people in each pixel's colour, in 255ths;
        read-only.
    foreground: HxWx3 uint8 RGB, computed when first used: the people's own colours, without those of the
        background that are mixed into the edge; black where nobody is.

    So the people in front of another background are
    `foreground * (matte / 255) + background * (1 - matte / 255)`.
    """

    __slots__ = ("_composer", "_foreground", "_image", "matte")

    def __init__(self, image: NDArray[np.uint8], matte: NDArray[np.uint8], composer: Composer) -> None:
        self.matte = matte
        self._image = image
        self._composer = composer
        self._foreground: NDArray[np.uint8] | None = None

    @property
    def foreground(self) -> NDArray[np.uint8]:
        """The people's own colours, HxWx3 uint8 RGB, black where nobody is; of the image as it is now."""
        if self._foreground is None:
            self._foreground = self._composer.foreground(self._image, self.matte)
        return self._foreground


class SelfieMatte(SolutionBase):
    """Cuts people out of RGB images, with soft edges; for video conferences, portraits and films.

    static_image_mode: whether the images have nothing to do with one another. Otherwise they are frames of
        one video: people are followed, and what rests in the image rests in the matte. Cuts and changes of
        size are noticed; `reset` starts another video.
    refine: "fast", one run of the network a frame; "balanced", two where people stand wide; "best", besides
        edges as fine as the image; "off", MediaPipe's mask of the whole image as it is.
    device: "cpu", or "gpu" for the GPU named by MPGRAPH_GPU_ADAPTER, by default the best one.

    Where nobody is known, the matte is the refined mask of the whole image, as SelfieSegmentation computes
    it.

    Raises:
        InvalidArgumentError (a ValueError): refine or device has another value.
        GpuError: there is no usable GPU.
    """

    _branches_compute = False  # One network or the other looks at people.

    def __init__(self, static_image_mode: bool = False, refine: str = "fast", *, device: str = "cpu") -> None:
        if refine not in _CHOICES:
            raise InvalidArgumentError(
                f'refine must be "fast", "balanced", "best" or "off", not {refine!r}.'
                f"{did_you_mean(str(refine), _CHOICES)}"
            )
        check_device(device)
        self._is_refined = refine != "off"
        if refine == "off":
            super().__init__(
                binary_graph_path=_RAW_GRAPH.format(device),
                side_inputs={"model_selection": 0},
                outputs=["segmentation_mask"],
            )
        else:
            chosen = REFINEMENTS[refine]
            super().__init__(
                binary_graph_path=_GRAPH.format(device),
                calculator_params={"PeopleRects.max_tiles": chosen.max_tiles, "Pyramid.side": chosen.side},
                side_inputs={"use_previous": not static_image_mode},
                outputs=["matte"],
            )
        self._composer = Composer()

    def process(self, image: Any) -> SelfieMatteOutputs:
        """Compute the matte of one image.

        image: HxWx3 uint8 RGB; not modified, and not copied if it is contiguous. Other threads must not
            write to it until `process` returns.
        Returns a SelfieMatteOutputs with the `matte` and the `foreground`.

        Raises:
            InvalidArgumentError (a ValueError): the image is empty or does not have three channels, or the
                solution is closed. After an invalid image, the solution can still be used.
            TypeError: the image does not have the dtype uint8.
            RuntimeError: the graph failed; `reset` restarts it.
        """
        result = super().process({"image": shared_view(image)})[0]
        if self._is_refined:
            return SelfieMatteOutputs(image, result, self._composer)
        matte = mask_image(float_mask(result))
        matte.flags.writeable = False
        return SelfieMatteOutputs(image, matte, self._composer)


__all__ = ["SelfieMatte", "SelfieMatteOutputs"]
