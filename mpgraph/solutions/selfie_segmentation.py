"""SelfieSegmentation: from a picture to the mask of the people in it.

The face is that of MediaPipe's `mp.solutions.selfie_segmentation`; the graphs are
graphs/modules/selfie_segmentation/selfie_segmentation_cpu.pbtxt and its sister for the GPU.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.solutions.solution_base import SolutionBase

_ON_CPU = "mediapipe/modules/selfie_segmentation/selfie_segmentation_cpu.pbtxt"

_ON_GPU = """
    input_stream: "image" output_stream: "segmentation_mask" input_side_packet: "model_selection"
    node {
      calculator: "ImageFrameToGpuBufferCalculator" input_stream: "image" output_stream: "image_on_gpu"
    }
    node {
      calculator: "SelfieSegmentationGpu"
      input_stream: "IMAGE:image_on_gpu" output_stream: "SEGMENTATION_MASK:mask_on_gpu"
      input_side_packet: "MODEL_SELECTION:model_selection"
    }
    node {
      calculator: "GpuBufferToImageFrameCalculator"
      input_stream: "mask_on_gpu" output_stream: "segmentation_mask"
    }
"""

_DEVICES = ("cpu", "gpu")


class SelfieSegmentationOutputs(NamedTuple):
    """What `SelfieSegmentation.process` returns.

    segmentation_mask: HxW float32 of the input's size, 0 for background to 1 for a person, read-only.
    """

    segmentation_mask: NDArray[np.float32]


class SelfieSegmentation(SolutionBase):
    """Finds the people close to the camera (within about 2 m) in RGB pictures.

    model_selection: 0 for the general model (256x256), 1 for the landscape one (256 wide, 144 high),
        which is faster and meant for video calls.
    device: "cpu", or "gpu" for the GPU that MPGRAPH_GPU_ADAPTER names, or else the best. Its mask has 256
        levels, and picture edges may differ slightly, as between MediaPipe's two graphs.

    Raises:
        InvalidArgumentError (a ValueError): another model_selection or device.
        GpuError: there is no GPU.
    """

    def __init__(self, model_selection: int = 0, *, device: str = "cpu") -> None:
        if model_selection not in (0, 1):
            raise InvalidArgumentError(
                f"model_selection must be 0 (general) or 1 (landscape), not {model_selection!r}."
            )
        if device not in _DEVICES:
            raise InvalidArgumentError(
                f'device must be "cpu" or "gpu", not {device!r}.{did_you_mean(str(device), _DEVICES)}'
            )
        if device == "gpu":
            from mpgraph import gpu

            gpu.current()  # Without one the error is plain, with no graph's place in it.
        super().__init__(
            binary_graph_path=_ON_CPU if device == "cpu" else None,
            graph_config=_ON_GPU if device == "gpu" else None,
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
        mask = super().process({"image": _shared(image)}).segmentation_mask
        return SelfieSegmentationOutputs(mask if mask.dtype == np.float32 else _first_channel(mask))

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


def _first_channel(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mask as float32 that the GPU gives as the red of a picture."""
    values = mask[:, :, 0] * np.float32(1 / 255)
    values.flags.writeable = False
    return values


__all__ = ["SelfieSegmentation", "SelfieSegmentationOutputs"]
