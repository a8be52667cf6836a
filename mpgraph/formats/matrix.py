"""Matrix: a 2-D float32 array in column-major order, like MediaPipe's (Eigen's) matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mpgraph.framework import packet_type


class Matrix(np.ndarray[Any, np.dtype[np.float32]]):
    """A rows x columns float32 array in column-major (Fortran) order; read-only when new.

    It is a numpy array; audio has a row for each channel and a column for each sample.

    Args:
        data: anything that numpy converts to a 2-D array of numbers; 1-D data becomes a single column.
        copy: if false, a column-major float32 array is shared and becomes read-only.

    Raises:
        TypeError: it is not numeric or not 1-D or 2-D.
    """

    def __new__(cls, data: ArrayLike, *, copy: bool = True) -> Matrix:
        """Create the matrix; subclasses of numpy arrays do so in `__new__`."""
        array = np.asarray(data)
        if array.dtype.kind not in "fiub" or array.ndim not in (1, 2):
            raise TypeError(
                f"A Matrix needs a 2-D array of numbers, not {array.dtype} of shape {array.shape}."
            )
        if array.ndim == 1:
            array = array.reshape(-1, 1)
        columns = np.asfortranarray(array, np.float32)
        if copy and np.may_share_memory(columns, array):
            columns = columns.copy(order="F")
        matrix = columns.view(cls)
        columns.flags.writeable = False
        matrix.flags.writeable = False
        return matrix


MATRIX = packet_type.define("::mediapipe::Matrix", Matrix)
