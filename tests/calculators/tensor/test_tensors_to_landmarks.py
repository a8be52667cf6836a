from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.tensor import Tensor
from mpgraph.protos.landmark_pb2 import (
    Landmark,
    LandmarkList,
    NormalizedLandmark,
    NormalizedLandmarkList,
)
from mpgraph.testing import run, t

NAME = "TensorsToLandmarksCalculator"
SIZE = "num_landmarks: 1 input_image_width: 4 input_image_height: 8"


def tensors(*values: float) -> list[Tensor]:
    return [Tensor(np.array(values, np.float32))]


@pytest.mark.parametrize("count", range(1, 7))
def test_fields_beyond_the_tensor_stay_unset(count: int) -> None:
    node = run(NAME, SIZE, inputs=["TENSORS"], outputs=["LANDMARKS", "NORM_LANDMARKS"])
    node.send("TENSORS", tensors(*range(1, count + 1)) @ t(0))
    names = ("x", "y", "z", "visibility", "presence")
    values: dict[str, Any] = dict(zip(names, range(1, count + 1), strict=False))
    node.expect("LANDMARKS", LandmarkList(landmark=[Landmark(**values)]) @ t(0))
    # All three coordinates of normalized landmarks are always set.
    normalized = {**values, "x": 0.25, "y": 0.25 if count > 1 else 0, "z": 0.75 if count > 2 else 0}
    node.expect("NORM_LANDMARKS", NormalizedLandmarkList(landmark=[NormalizedLandmark(**normalized)]) @ t(0))


@pytest.mark.parametrize("how", ["options", "stream", "side"])
def test_flips(how: str) -> None:
    flips = ("FLIP_HORIZONTALLY", "FLIP_VERTICALLY")
    options = SIZE + (" flip_horizontally: true flip_vertically: true" if how == "options" else "")
    side: Any = dict.fromkeys(flips, True) if how == "side" else {}
    streams = flips if how == "stream" else ()
    node = run(NAME, options, side=side, inputs=["TENSORS", *streams], outputs=["LANDMARKS"])
    for tag in streams:
        node.send(tag, True @ t(0))
    node.send("TENSORS", tensors(1, 2, 3) @ t(0))
    node.expect("LANDMARKS", LandmarkList(landmark=[Landmark(x=3, y=6, z=3)]) @ t(0))


def test_activations_and_depth() -> None:
    options = f"{SIZE} visibility_activation: SIGMOID presence_activation: SIGMOID normalize_z: 0.5"
    node = run(NAME, options, inputs=["TENSORS"], outputs=["NORM_LANDMARKS"])
    node.send("TENSORS", tensors(0, 0, 1, 0, -1000) @ t(0))
    mark = NormalizedLandmark(x=0, y=0, z=0.5, visibility=0.5, presence=0)
    node.expect("NORM_LANDMARKS", NormalizedLandmarkList(landmark=[mark]) @ t(0))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "must start with a float32 tensor"),
        ([Tensor(np.zeros(3, np.int32))], "must start with a float32 tensor"),
        ([Tensor(np.zeros(0, np.float32))], "cannot hold 1 landmarks"),
    ],
)
def test_wrong_tensors_are_errors(values: list[Tensor], message: str) -> None:
    run(NAME, SIZE, inputs=["TENSORS"], outputs=["LANDMARKS"]).send("TENSORS", values @ t(0)).expect_error(
        message
    )


@pytest.mark.parametrize(
    ("options", "outputs", "message"),
    [
        ("", ["LANDMARKS"], "num_landmarks must be set"),
        ("num_landmarks: 1", ["NORM_LANDMARKS"], "width/height for getting normalized landmarks"),
        ("num_landmarks: 1 flip_vertically: true", ["LANDMARKS"], "width/height for using flipping"),
    ],
)
def test_contract_refuses(options: str, outputs: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=["TENSORS"], outputs=outputs)
