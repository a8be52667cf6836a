from __future__ import annotations

from typing import Any

import pytest

from mpgraph.protos.landmark_pb2 import Landmark, LandmarkList, NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import CalculatorRunner, run, t

NAME = "VisibilityCopyCalculator"


def world(*values: tuple[float, float], **fields: float) -> Any:
    return LandmarkList(landmark=[Landmark(x=x, visibility=v, **fields) for x, v in values])


def normalized(*values: tuple[float, float], **fields: float) -> Any:
    return NormalizedLandmarkList(
        landmark=[NormalizedLandmark(x=x, visibility=v, **fields) for x, v in values]
    )


def copying(source: str, target: str, options: str = "") -> CalculatorRunner:
    return run(NAME, options, inputs=[f"{source}_FROM", f"{target}_TO"], outputs=[f"{target}_TO"])


def test_visibility_and_presence_are_copied() -> None:
    node = copying("NORM_LANDMARKS", "LANDMARKS")
    node.send("NORM_LANDMARKS_FROM", normalized((0.1, 0.25), (0.2, 0.5), presence=0.75) @ t(0))
    node.send("LANDMARKS_TO", world((3, 0), (4, 1)) @ t(0))
    node.expect("LANDMARKS_TO", world((3, 0.25), (4, 0.5), presence=0.75) @ t(0))


def test_unset_fields_are_copied_as_0() -> None:
    node = copying("LANDMARKS", "NORM_LANDMARKS")
    node.send("LANDMARKS_FROM", LandmarkList(landmark=[Landmark()]) @ t(0))
    node.send("NORM_LANDMARKS_TO", normalized((0.5, 1)) @ t(0))
    node.expect("NORM_LANDMARKS_TO", normalized((0.5, 0), presence=0) @ t(0))


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("copy_visibility: false", normalized((0.5, 1), presence=0.75)),
        ("copy_presence: false", normalized((0.5, 0.25))),
        ("copy_visibility: false copy_presence: false", normalized((0.5, 1))),
    ],
)
def test_options_select_the_fields(option: str, expected: Any) -> None:
    node = copying("NORM_LANDMARKS", "NORM_LANDMARKS", option)
    node.send("NORM_LANDMARKS_FROM", normalized((0.1, 0.25), presence=0.75) @ t(0))
    node.send("NORM_LANDMARKS_TO", normalized((0.5, 1)) @ t(0)).expect("NORM_LANDMARKS_TO", expected @ t(0))


def test_there_are_as_many_landmarks_as_in_the_source() -> None:
    node = copying("LANDMARKS", "LANDMARKS", "copy_presence: false")
    node.send("LANDMARKS_FROM", world((0, 0.25)) @ t(0), world((0, 0.25), (0, 0.25)) @ t(1))
    node.send("LANDMARKS_TO", world((3, 0), (4, 0)) @ t(0), world((3, 0)) @ t(1))
    node.expect_error("There are 2 landmarks to copy from, but only 1 to copy to.", ValueError)
    node = copying("LANDMARKS", "LANDMARKS", "copy_presence: false")
    node.send("LANDMARKS_FROM", world((0, 0.25)) @ t(0)).send("LANDMARKS_TO", world((3, 0), (4, 0)) @ t(0))
    node.expect("LANDMARKS_TO", world((3, 0.25)) @ t(0))


def test_nothing_is_sent_where_a_list_is_missing() -> None:
    node = copying("LANDMARKS", "LANDMARKS")
    node.send("LANDMARKS_FROM", world((0, 1)) @ t(0)).send("LANDMARKS_TO", world((3, 0)) @ t(1))
    node.bound("LANDMARKS_FROM", 2).expect_nothing().expect_bound("LANDMARKS_TO", 2)


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        (["LANDMARKS_TO"], ["LANDMARKS_TO"], "stream to copy from should be provided"),
        (["LANDMARKS_FROM", "NORM_LANDMARKS_FROM"], [], "stream to copy from should be provided"),
        (["LANDMARKS_FROM"], ["LANDMARKS_TO"], "stream to copy to should be provided"),
        (["LANDMARKS_FROM", "LANDMARKS_TO"], ["NORM_LANDMARKS_TO"], "types should be the same"),
    ],
)
def test_contract(inputs: list[str], outputs: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, inputs=inputs, outputs=outputs)
