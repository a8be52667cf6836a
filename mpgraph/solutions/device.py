"""Where solutions compute: MediaPipe has most of their graphs twice, NAME_cpu and NAME_gpu."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import InvalidArgumentError, did_you_mean

_DEVICES = ("cpu", "gpu")


def check_device(device: str) -> None:
    """Check the argument `device` of a solution, and that there is a GPU if it is "gpu".

    Raises:
        InvalidArgumentError (a ValueError): it is neither "cpu" nor "gpu".
        GpuError (a RuntimeError): there is no usable GPU.
    """
    if device not in _DEVICES:
        raise InvalidArgumentError(
            f'device must be "cpu" or "gpu", not {device!r}.{did_you_mean(str(device), _DEVICES)}'
        )
    if device == "gpu":
        from mpgraph import gpu

        gpu.current()  # Raises a plain GpuError; inside the graph it would refer to a node.


def float_mask(mask: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The mask that a graph sends as HxW float32 in 0..1, read-only.

    mask: HxW float32, as on the CPU, or HxWxC uint8, as on the GPU, where it is the first channel.
    """
    if mask.dtype == np.float32:
        return mask
    values: npt.NDArray[np.float32] = mask[:, :, 0] * np.float32(1 / 255)
    values.flags.writeable = False
    return values
