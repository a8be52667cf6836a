from __future__ import annotations

import pytest

from mpgraph.errors import did_you_mean


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("PassThruCalculator", ' Did you mean "PassThroughCalculator"?'),
        ("imag", ' Did you mean "image"?'),
        ("ab", ' Did you mean "abc"?'),
        ("X", ""),
        ("", ""),
        ("zzzz", ""),
    ],
)
def test_near_matches(name: str, answer: str) -> None:
    assert did_you_mean(name, ["PassThroughCalculator", "MuxCalculator", "image", "abc", "x", "xy"]) == answer
