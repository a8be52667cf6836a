from __future__ import annotations

from typing import Any

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.testing import normalized_rect, run, t

NAME = "ClipNormalizedRectVectorSizeCalculator"
RECTS = [normalized_rect(x_center=i) for i in range(3)]


def rects(count: int) -> Any:
    return packet_creator.create_proto_vector(RECTS[:count])


@pytest.mark.parametrize(("size", "left"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_first_elements_are_kept(size: int, left: int) -> None:
    run(NAME, {"max_vec_size": size}).send("", rects(3) @ t(1)).expect("", rects(left) @ t(1))
    side = run(NAME, {"max_vec_size": 7}, side={"": size})
    side.send("", rects(3) @ t(1)).expect("", rects(left) @ t(1))


def test_size_must_be_at_least_one() -> None:
    with pytest.raises(InternalError, match="greater than or equal to 1, not 0"):
        run(NAME, {"max_vec_size": 0})
    negative = run(NAME, side={"": -1}).send("", rects(1) @ t(1))
    negative.expect_error("greater than or equal to 1, not -1", InternalError)
