from __future__ import annotations

from typing import Any

import pytest

from mpgraph.testing import run, t

NAME = "ThresholdingCalculator"
VALUES = [0.25 @ t(0), 0.5 @ t(1), 0.75 @ t(2)]


@pytest.mark.parametrize(("options", "side"), [("threshold: 0.5", {}), ("", {"THRESHOLD": 0.5})])
def test_larger_is_accepted_and_equal_is_rejected(options: str, side: Any) -> None:
    node = run(NAME, options, side=side, inputs=["FLOAT"], outputs=["FLAG", "ACCEPT", "REJECT"])
    node.send("FLOAT", *VALUES).expect("FLAG", False @ t(0), False @ t(1), True @ t(2))
    node.expect("ACCEPT", True @ t(2)).expect("REJECT", False @ t(0), False @ t(1))


def test_stream_keeps_the_last_threshold() -> None:
    node = run(NAME, inputs=["FLOAT", "THRESHOLD"], outputs=["FLAG"]).bound("THRESHOLD", 1)
    node.send("FLOAT", *VALUES).send("THRESHOLD", 0.4 @ t(1)).bound("THRESHOLD", 3)
    node.expect("FLAG", True @ t(0), True @ t(1), True @ t(2))


@pytest.mark.parametrize(
    ("options", "stream", "side"),
    [
        ("threshold: 1", ["THRESHOLD"], {}),
        ("threshold: 1", [], {"THRESHOLD": 1.0}),
        ("", ["THRESHOLD"], {"THRESHOLD": 1.0}),
    ],
)
def test_several_thresholds_are_refused(options: str, stream: list[str], side: Any) -> None:
    with pytest.raises(ValueError, match="not supported"):
        run(NAME, options, side=side, inputs=["FLOAT", *stream], outputs=["FLAG"])
