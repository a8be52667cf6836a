"""SelfieSegmentation: compute a mask of the people in an image.

The API is that of MediaPipe's `mp.solutions.selfie_segmentation`; the graphs are
graphs/modules/selfie_segmentation/selfie_segmentation_cpu.pbtxt and selfie_segmentation_gpu.pbtxt.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mpgraph.errors import InvalidArgumentError
from mpgraph.solutions.device import check_device, float_mask
from mpgraph.solutions.packet_data_type import shared_view
from mpgraph.solutions.solution_base import SolutionBase

_GRAPH = "mediapipe/modules/selfie_segmentation/selfie_segmentation_{}.pbtxt"


class SelfieSegmentationOutputs(NamedTuple):
    """The results of `SelfieSegmentation.process`.

    segmentation_mask: HxW float32 of the image's size, from 0 for background to 1 for a person, read-only.
    """

    segmentation_mask: NDArray[np.float32]


class SelfieSegmentation(SolutionBase):
    """Segments people close to the camera (within about 2 m) in RGB images.

    model_selection: 0 for the general model (input 256x256), 1 for the landscape model (256 wide, 144 high),
        which is faster and intended for video calls.
    device: "cpu", or "gpu" for the GPU named by MPGRAPH_GPU_ADAPTER, by default the best one. There the mask
        has 256 levels, and values at the image border may differ slightly, as they do between MediaPipe's
        two graphs.

    Raises:
        InvalidArgumentError (a ValueError): model_selection or device has another value.
        GpuError: there is no usable GPU.
    """

    def __init__(self, model_selection: int = 0, *, device: str = "cpu") -> None:
        if model_selection not in (0, 1):
            raise InvalidArgumentError(
                f"model_selection must be 0 (general) or 1 (landscape), not {model_selection!r}."
            )
        check_device(device)
        super().__init__(
            binary_graph_path=_GRAPH.format(device),
            side_inputs={"model_selection": int(model_selection)},
            outputs=["segmentation_mask"],
        )

    def process(self, image: Any) -> SelfieSegmentationOutputs:
        """Segment one image.

        image: HxWx3 uint8 RGB; not modified, and not copied if it is contiguous. Other threads must not
            write to it until `process` returns.
        Returns a SelfieSegmentationOutputs with the `segmentation_mask`.

        Raises:
            InvalidArgumentError (a ValueError): the image is empty or does not have three channels, or the
                solution is closed. After an invalid image, the solution can still be used.
            TypeError: the image does not have the dtype uint8.
            RuntimeError: the graph failed; `reset` restarts it.
        """
        return SelfieSegmentationOutputs(
            float_mask(super().process({"image": shared_view(image)}).segmentation_mask)
        )


__all__ = ["SelfieSegmentation", "SelfieSegmentationOutputs"]
