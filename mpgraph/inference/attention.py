"""The custom operators of MediaPipe's face model with attention, in numpy.

They cut the eyes and the lips out of a feature map, turned upright, and move the landmarks that are found
there back. The formulas are those of landmarks_to_transform_matrix.cc, transform_tensor_bilinear.cc and
transform_landmarks.cc in mediapipe/util/tflite/operations, each at version 2. The order of operations and
the places that compute in double follow the C++ code, so that the results have the same bits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.framework.c_math import atan2f, cosf, sinf
from mpgraph.framework.override import override
from mpgraph.inference import flexbuffer

Floats = npt.NDArray[np.float32]
Shape = tuple[int, ...]

_MATRIX: Shape = (1, 4, 4)
_HALF = np.float32(0.5)


class NumpyOperator(ABC):
    """A custom operator with its options."""

    @classmethod
    @abstractmethod
    def parse(cls, raw: bytes) -> NumpyOperator:
        """Create the operator from its custom options.

        Raises:
            ValueError: MediaPipe would refuse the options. The message begins with "has".
        """

    @abstractmethod
    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        """The shape of the output for inputs of these shapes.

        Raises:
            ValueError: the operator cannot take them. The message begins with "takes".
        """

    @abstractmethod
    def __call__(self, *inputs: Floats) -> Floats:
        """Compute the output for inputs of shapes that `output_shape` takes."""


@dataclass(frozen=True)
class LandmarksToTransformMatrix(NumpyOperator):
    """Landmarks (1xNx3) -> the matrix (1x4x4) from pixels of a crop to the coordinates of the landmarks.

    The crop is the rectangle around the landmarks `subset`, scaled, and turned so that the line from
    landmark `left` to `right` has the angle `target_rotation` in it.
    """

    left: int
    right: int
    target_rotation: np.float32
    subset: npt.NDArray[np.intp]
    scale: tuple[np.float32, np.float32]
    size: tuple[int, int]

    @classmethod
    @override
    def parse(cls, raw: bytes) -> LandmarksToTransformMatrix:
        options = flexbuffer.read_map(raw)
        subset = np.array(options.get("subset_idxs", ()), np.intp)
        operator = cls(
            left=_integer(options, "left_rotation_idx"),
            right=_integer(options, "right_rotation_idx"),
            target_rotation=_real(options, "target_rotation_radians"),
            subset=subset,
            scale=(_real(options, "scale_x"), _real(options, "scale_y")),
            size=(_integer(options, "output_width"), _integer(options, "output_height")),
        )
        if not subset.size or subset.ndim != 1:
            raise ValueError("has no vector subset_idxs")
        if min(operator.left, operator.right, int(subset.min())) < 0:
            raise ValueError("has a negative index of a landmark")
        if min(*operator.size, *map(float, operator.scale)) <= 0:
            raise ValueError("has a size or scale that is not positive")
        return operator

    @override
    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        highest = max(self.left, self.right, int(self.subset.max()))
        if len(inputs) != 1 or len(inputs[0]) != 3 or inputs[0][::2] != (1, 3) or inputs[0][1] <= highest:
            raise ValueError(f"takes landmarks up to number {highest} as 1xNx3, not {_written(inputs)}")
        return _MATRIX

    @override
    def __call__(self, *inputs: Floats) -> Floats:
        marks = inputs[0][0]
        dx, dy = marks[self.right, :2] - marks[self.left, :2]
        rotation = self.target_rotation - np.float32(atan2f(dy, dx))
        cos, sin = np.float32(cosf(rotation)), np.float32(sinf(rotation))
        x, y = marks[self.subset, 0], marks[self.subset, 1]
        turned = np.stack([cos * x - sin * y, sin * x + cos * y])
        low, high = turned.min(axis=1), turned.max(axis=1)
        (width, height), (middle_x, middle_y) = high - low, (low + high) * _HALF
        # The inverse rotation is also that of the matrix.
        back = np.array([[cos, sin], [-sin, cos]], np.float32)
        matrix = np.eye(4, dtype=np.float32)
        scale_x = self.scale[0] * width / np.float32(self.size[0])
        scale_y = self.scale[1] * height / np.float32(self.size[1])
        matrix[:2, 0], matrix[:2, 1] = back[:, 0] * scale_x, back[:, 1] * scale_y
        center = back[:, 0] * middle_x + back[:, 1] * middle_y
        shift_x, shift_y = np.float32(-self.size[0] / 2), np.float32(-self.size[1] / 2)
        matrix[:2, 3] = matrix[:2, 0] * shift_x + matrix[:2, 1] * shift_y + center
        return matrix[None]


@dataclass(frozen=True)
class TransformTensorBilinear(NumpyOperator):
    """A feature map (1xHxWxC) and a matrix (1x4x4) -> the crop that the matrix describes, zero outside."""

    width: int
    height: int

    @classmethod
    @override
    def parse(cls, raw: bytes) -> TransformTensorBilinear:
        options = flexbuffer.read_map(raw)
        operator = cls(_integer(options, "output_width"), _integer(options, "output_height"))
        if min(operator.width, operator.height) < 1:
            raise ValueError("has a size that is not positive")
        return operator

    @override
    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        if len(inputs) != 2 or len(inputs[0]) != 4 or inputs[0][0] != 1 or inputs[1] != _MATRIX:
            raise ValueError(f"takes a feature map 1xHxWxC and a matrix 1x4x4, not {_written(inputs)}")
        return (1, self.height, self.width, inputs[0][3])

    @override
    def __call__(self, *inputs: Floats) -> Floats:
        features, matrix = inputs[0][0], inputs[1][0, :2]
        height, width, channels = features.shape
        position = _through_pixel_centers(matrix, self.width, self.height)
        limits = np.array([width - 1, height - 1], np.float32)[:, None, None]
        inside = ((position >= 0) & (position <= limits)).all(axis=0)
        # Also NaN and infinite coordinates are outside. The clipped neighbours have weight 0.
        position = np.where(inside, position, np.float32(0))
        left, top = whole = position.astype(np.intp)
        from_left, from_top = (position - whole.astype(np.float32))[..., None]
        lines = np.stack([top, np.minimum(top + 1, height - 1)]) * width
        pixels = features.reshape(-1, channels)
        at_left = pixels.take(lines + left, axis=0)
        at_right = pixels.take(lines + np.minimum(left + 1, width - 1), axis=0)
        upper, lower = _between(at_left, at_right, from_left)
        crop = _between(upper, lower, from_top)
        crop[~inside] = 0
        return crop[None]


@dataclass(frozen=True)
class TransformLandmarks(NumpyOperator):
    """Landmarks (1xNx2 or 1xNx3) and a matrix (1x4x4) -> the landmarks with x and y transformed."""

    @classmethod
    @override
    def parse(cls, raw: bytes) -> TransformLandmarks:
        return cls()

    @override
    def output_shape(self, inputs: Sequence[Shape]) -> Shape:
        if len(inputs) != 2 or len(inputs[0]) != 3 or inputs[0][0] != 1 or inputs[0][2] not in (2, 3):
            raise ValueError(f"takes landmarks 1xNx2 or 1xNx3 and a matrix, not {_written(inputs)}")
        if inputs[1] != _MATRIX:
            raise ValueError(f"takes a matrix 1x4x4, not {_written(inputs[1:])}")
        return inputs[0]

    @override
    def __call__(self, *inputs: Floats) -> Floats:
        landmarks, (matrix,) = inputs
        result = landmarks.copy()
        for axis in (0, 1):
            a, b, _, shift = matrix[axis]
            result[..., axis] = a * landmarks[..., 0] + b * landmarks[..., 1] + shift
        return result


NUMPY_OPERATORS: Mapping[tuple[str, int], type[NumpyOperator]] = {
    ("Landmarks2TransformMatrix", 2): LandmarksToTransformMatrix,
    ("TransformTensorBilinear", 2): TransformTensorBilinear,
    ("TransformLandmarks", 2): TransformLandmarks,
}
"""By name and version; other versions have other options and formulas."""


def _through_pixel_centers(matrix: Floats, width: int, height: int) -> Floats:
    """Apply a matrix for coordinates of pixel centers to those of pixel corners; 2xHxW: x and y."""
    moved = [shift + (a * 0.5 + b * 0.5 - 0.5) for a, b, _, shift in matrix.tolist()]
    along, down = matrix[:, 0, None, None], matrix[:, 1, None, None]
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    result: Floats = along * x + down * y + np.array(moved, np.float32)[:, None, None]
    return result


def _between(first: Floats, second: Floats, weight: Floats) -> Floats:
    """Interpolate linearly; `second`, whose weight is given, is overwritten."""
    # C++ computes the opposite weight, and with it the product and the sum, in double.
    mixed = first.astype(np.float64)
    mixed *= 1.0 - weight.astype(np.float64)
    second *= weight
    mixed += second
    return mixed.astype(np.float32)


def _integer(options: Mapping[str, flexbuffer.Value], name: str) -> int:
    value: Any = options.get(name)
    if not isinstance(value, int):
        raise ValueError(f"has no integer {name}")
    return value


def _real(options: Mapping[str, flexbuffer.Value], name: str) -> np.float32:
    value: Any = options.get(name)
    if not isinstance(value, int | float):
        raise ValueError(f"has no number {name}")
    return np.float32(value)


def _written(shapes: Sequence[Shape]) -> str:
    return " and ".join("x".join(map(str, shape)) for shape in shapes)
