from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.protos import landmark_pb2
from mpgraph.testing import run, t

CALCULATORS = {
    "SplitLandmarkListCalculator": (landmark_pb2.LandmarkList, landmark_pb2.Landmark),
    "SplitNormalizedLandmarkListCalculator": (
        landmark_pb2.NormalizedLandmarkList,
        landmark_pb2.NormalizedLandmark,
    ),
}


def points(name: str, *xs: float) -> Any:
    list_class, landmark_class = CALCULATORS[name]
    return list_class(landmark=[landmark_class(x=x, y=-x) for x in xs])


@pytest.mark.parametrize("name", CALCULATORS)
def test_each_range_goes_to_its_output(name: str) -> None:
    runner = run(name, "ranges { begin: 0 end: 1 } ranges { begin: 1 end: 4 }", outputs=[":1"])
    runner.send("", points(name, 1, 2, 3, 4) @ t(5))
    runner.expect("", points(name, 1) @ t(5)).expect(":1", points(name, 2, 3, 4) @ t(5)).settles("", 5)


@pytest.mark.parametrize("name", CALCULATORS)
def test_single_landmarks(name: str) -> None:
    runner = run(name, "ranges { begin: 2 end: 3 } element_only: true").send("", points(name, 1, 2, 3) @ t(0))
    runner.expect("", CALCULATORS[name][1](x=3, y=-3) @ t(0))


@pytest.mark.parametrize("name", CALCULATORS)
def test_ranges_may_be_joined(name: str) -> None:
    options = "ranges { begin: 2 end: 3 } ranges { begin: 0 end: 1 } combine_outputs: true"
    run(name, options).send("", points(name, 1, 2, 3) @ t(0)).expect("", points(name, 3, 1) @ t(0))


def test_short_lists_and_wrong_ranges_are_errors() -> None:
    name = "SplitLandmarkListCalculator"
    runner = run(name, "ranges { begin: 0 end: 5 }").send("", points(name, 1) @ t(0))
    runner.expect_error("the list has 1 elements, the ranges go up to 5", InternalError)
    with pytest.raises(InvalidArgumentError, match="begin index should be less"):
        run(name, "ranges { begin: 2 end: 2 }", outputs=[""]).expect_nothing()
    overlapping = "ranges { begin: 0 end: 2 } ranges { begin: 1 end: 3 } combine_outputs: true"
    with pytest.raises(InternalError, match="non-overlapping"):
        run(name, overlapping, outputs=[""]).expect_nothing()
