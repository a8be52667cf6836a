"""Matrix: a 2-D float32 array stored column by column, as MediaPipe's (Eigen's) matrices are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mpgraph.framework import packet_type


class Matrix(np.ndarray[Any, np.dtype[np.float32]]):
    """A rows x columns float32 array in column-major (Fortran) order; read-only when new.

    It works as any numpy array; audio has a row for each channel and a column for each sample.

    Args:
        data: anything numpy makes a 2-D array of numbers of; a 1-D one becomes a single column.
        copy: without a copy, an array that is stored suitably is shared and becomes read-only.

    Raises:
        TypeError: it is not numeric or not 1-D or 2-D.
    """

    def __new__(cls, data: ArrayLike, *, copy: bool = True) -> Matrix:
        """Make the matrix, the way numpy's subclasses do."""
        array = np.asarray(data)
        if array.dtype.kind not in "fiub" or array.ndim not in (1, 2):
            raise TypeError(
                f"A Matrix is made of a 2-D array of numbers, not of {array.dtype} of shape {array.shape}."
            )
        if array.ndim == 1:
            array = array.reshape(-1, 1)
        columns = np.asfortranarray(array, np.float32)
        if copy and np.may_share_memory(columns, array):
            columns = columns.copy(order="F")
        made = columns.view(cls)
        columns.flags.writeable = False
        made.flags.writeable = False
        return made


MATRIX = packet_type.define("::mediapipe::Matrix", Matrix)
