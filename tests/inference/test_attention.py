"""The operators of the model with attention, against their geometry written in double."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.inference.attention import (
    NUMPY_OPERATORS,
    LandmarksToTransformMatrix,
    TransformLandmarks,
    TransformTensorBilinear,
)

Floats = npt.NDArray[np.float32]


def shifted(x: float, y: float) -> Floats:
    matrix = np.eye(4, dtype=np.float32)
    matrix[:2, 3] = x, y
    return matrix[None]


def test_matrix_maps_the_crop_to_the_rectangle_around_the_landmarks() -> None:
    angle = 0.3
    along, across = (
        np.array([math.cos(angle), math.sin(angle)]),
        np.array([-math.sin(angle), math.cos(angle)]),
    )
    middle = np.array([50.0, 40.0])
    ends = [middle - 10 * along, middle + 10 * along, middle - 4 * across, middle + 4 * across]
    marks = np.array([[*end, 7] for end in ends], np.float32)[None]
    operator = LandmarksToTransformMatrix(
        left=0,
        right=1,
        target_rotation=np.float32(0),
        subset=np.arange(4),
        scale=(np.float32(1.5), np.float32(2)),
        size=(16, 8),
    )
    assert operator.output_shape([marks.shape]) == (1, 4, 4)
    (matrix,) = operator(marks)
    assert matrix.dtype == np.float32
    for crop, expected in (
        ((8, 4), middle),
        ((0, 0), middle - 15 * along - 8 * across),
        ((16, 0), middle + 15 * along - 8 * across),
    ):
        np.testing.assert_allclose((matrix @ [*crop, 0, 1])[:2], expected, atol=1e-4)


def test_crop_is_interpolated_and_zero_outside() -> None:
    rows, columns = np.mgrid[:6, :8].astype(np.float32)
    features = np.stack([columns, rows], axis=-1)[None]
    operator = TransformTensorBilinear(width=4, height=3)
    assert operator.output_shape([features.shape, (1, 4, 4)]) == (1, 3, 4, 2)
    crop = operator(features, shifted(1.25, 2.5))
    assert crop.dtype == np.float32
    np.testing.assert_allclose(crop[0, 0, 0], (1.25, 2.5))
    np.testing.assert_allclose(crop[0, 2, 3], (4.25, 4.5))
    # The last column and row are inside, half a pixel further is not.
    np.testing.assert_allclose(operator(features, shifted(4, 3))[0, 2, 3], (7, 5))
    beyond = operator(features, shifted(4.5, 3))
    assert beyond[0, 2, 2, 0] == 6.5 and not beyond[0, :, 3].any()
    assert not operator(features, shifted(math.nan, 0)).any()


def test_landmarks_are_transformed_and_keep_z() -> None:
    marks = np.array([[[1, 2, 3], [4, 5, 6]]], np.float32)
    operator = TransformLandmarks()
    assert operator.output_shape([marks.shape, (1, 4, 4)]) == marks.shape
    np.testing.assert_array_equal(operator(marks, shifted(10, 20)), [[[11, 22, 3], [14, 25, 6]]])
    np.testing.assert_array_equal(operator(marks[..., :2], shifted(10, 20)), [[[11, 22], [14, 25]]])


@pytest.mark.parametrize(("name", "version"), NUMPY_OPERATORS)
def test_operands_of_other_shapes_are_refused(name: str, version: int) -> None:
    operator = {
        "Landmarks2TransformMatrix": LandmarksToTransformMatrix(
            0, 9, np.float32(0), np.arange(3), (np.float32(1), np.float32(1)), (4, 4)
        ),
        "TransformTensorBilinear": TransformTensorBilinear(4, 4),
        "TransformLandmarks": TransformLandmarks(),
    }[name]
    for shapes in ([], [(1, 9, 3)], [(1, 9, 3), (1, 3, 3)], [(2, 4, 4, 4), (1, 4, 4)]):
        with pytest.raises(ValueError, match="^takes "):
            operator.output_shape(shapes)


@pytest.mark.parametrize("kind", [LandmarksToTransformMatrix, TransformTensorBilinear])
def test_missing_options_are_refused(
    kind: type[LandmarksToTransformMatrix | TransformTensorBilinear],
) -> None:
    with pytest.raises(ValueError, match="^has "):
        kind.parse(b"")
