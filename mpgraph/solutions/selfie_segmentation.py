"""SelfieSegmentation: from a picture to the mask of the people in it.

The face is that of MediaPipe's `mp.solutions.selfie_segmentation`; the graph is
graphs/modules/selfie_segmentation/selfie_segmentation_cpu.pbtxt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mpgraph.errors import InvalidArgumentError
from mpgraph.solutions.solution_base import SolutionBase

_GRAPH = "mediapipe/modules/selfie_segmentation/selfie_segmentation_cpu.pbtxt"


class SelfieSegmentationOutputs(NamedTuple):
    """What `SelfieSegmentation.process` returns.

    segmentation_mask: HxW float32 of the input's size, 0 for background to 1 for a person, read-only.
    """

    segmentation_mask: NDArray[np.float32]


class SelfieSegmentation(SolutionBase):
    """Finds the people close to the camera (within about 2 m) in RGB pictures.

    model_selection: 0 for the general model (256x256), 1 for the landscape one (256 wide, 144 high),
        which is faster and meant for video calls.

    Raises:
        InvalidArgumentError (a ValueError): another model_selection.
    """

    def __init__(self, model_selection: int = 0) -> None:
        if model_selection not in (0, 1):
            raise InvalidArgumentError(
                f"model_selection must be 0 (general) or 1 (landscape), not {model_selection!r}."
            )
        super().__init__(
            binary_graph_path=_GRAPH,
            side_inputs={"model_selection": int(model_selection)},
            outputs=["segmentation_mask"],
        )

    def process(self, image: Any) -> SelfieSegmentationOutputs:
        """Segment one picture.

        image: HxWx3 uint8 RGB; not changed, and not copied if its memory is contiguous. Nobody may write
            to it before `process` returns.
        Returns a SelfieSegmentationOutputs with the `segmentation_mask`.

        Raises:
            InvalidArgumentError (a ValueError): not a picture with three channels, an empty one, or the
                solution is closed. The next picture works again.
            TypeError: the picture does not hold uint8 values.
            RuntimeError: the graph failed; `reset` starts it anew.
        """
        return SelfieSegmentationOutputs(super().process({"image": _shared(image)}).segmentation_mask)

    def __enter__(self) -> SelfieSegmentation:
        return self


def _shared(image: Any) -> Any:
    """A read-only view of an array, which is not copied on its way into the graph.

    Safe here because the graph is done with the picture, and its mask is new memory, when `process`
    returns.
    """
    if not isinstance(image, np.ndarray):
        return image
    view = image.view()
    view.flags.writeable = False
    return view


__all__ = ["SelfieSegmentation", "SelfieSegmentationOutputs"]
