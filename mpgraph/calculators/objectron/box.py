"""3-D boxes around objects, from the positions of their corners in an image.

Key point 0 is the center of a box, 1 to 8 are its corners: y is up in the box, x to the right, z to the
front, and the corners' coordinates count in binary, (-, -, -), (-, -, +), (-, +, -) and so on.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from mpgraph.calculators.objectron.eigen import gram, least_squares, sequential_sum, smallest_eigenvector
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.landmarks import Floats

_SIGNS = np.array([(0, 0, 0), *product((-1, 1), repeat=3)], np.float32)

_EDGES = np.array(
    [
        [(1, 5), (2, 6), (3, 7), (4, 8)],
        [(1, 3), (5, 7), (2, 4), (6, 8)],
        [(1, 2), (3, 4), (5, 6), (7, 8)],
    ]
)
"""The edges along each axis, as pairs of corners."""

_WEIGHTS = np.column_stack([1 - _SIGNS.sum(axis=1, dtype=np.float32), _SIGNS])[1:]
"""Each corner as a sum of the center and the centers of the right, top and front face."""

_ONE, _TWO = np.float32(1), np.float32(2)


class Camera(NamedTuple):
    """The intrinsics of a camera in normalized device coordinates: float32 values."""

    focal_x: np.float32
    focal_y: np.float32
    center_x: np.float32
    center_y: np.float32


class Pose(NamedTuple):
    """A box in camera space: corner = rotation @ (signs * scale / 2) + translation.

    rotation: 3x3, nearly a rotation if the corners are nearly those of a box. translation, scale: 3 each;
    scale is the size along each axis. In the units of the corners, whose size is arbitrary.
    """

    rotation: Floats
    translation: Floats
    scale: Floats


def lift(points: Floats, camera: Camera) -> Floats:
    """Return the center and the corners of a box in camera space, 9x3, by EPnP; z is negative in front.

    points: their positions in the image, 9x2, in 0..1 from the top left. The center is not used.

    Raises:
        InvalidArgumentError: there are not nine points.
        InternalError: there is no solution, as for NaN.
    """
    if len(points) != len(_SIGNS):
        raise InvalidArgumentError(
            f"A box has {len(_SIGNS)} key points, its center and its corners, but there are {len(points)}."
        )
    x, y = points[1:, 0] * _TWO - _ONE, _ONE - points[1:, 1] * _TWO
    # For each corner two equations: its projections along x and along y are at the point.
    equations = np.zeros((len(_WEIGHTS), 2, _WEIGHTS.shape[1], 3), np.float32)
    equations[:, 0, :, 0] = camera.focal_x * _WEIGHTS
    equations[:, 0, :, 2] = (camera.center_x + x)[:, None] * _WEIGHTS
    equations[:, 1, :, 1] = camera.focal_y * _WEIGHTS
    equations[:, 1, :, 2] = (camera.center_y + y)[:, None] * _WEIGHTS
    controls = smallest_eigenvector(gram(equations.reshape(2 * len(_WEIGHTS), -1))).reshape(-1, 3)
    if controls[0, 2] > 0:
        controls = -controls
    corners = sequential_sum(_WEIGHTS.T[:, :, None] * controls[:, None])
    return np.concatenate([controls[:1], corners])


def fit(points: Floats) -> Pose:
    """Return the pose of the box whose center and corners are nearest to `points`, 9x3."""
    edges = points[_EDGES[..., 0]] - points[_EDGES[..., 1]]
    x, y, z = np.moveaxis(edges * edges, -1, 0)
    lengths = np.sqrt(x + (y + z))
    scale: Floats = sequential_sum(lengths.T) / np.float32(lengths.shape[1])
    upright: Floats = np.column_stack([_SIGNS * (scale / _TWO), np.ones(len(_SIGNS), np.float32)])
    solution = least_squares(upright, points)
    return Pose(solution[:3].T, solution[3], scale)
