from __future__ import annotations

from mpgraph.testing import run, t


def test_gaps_are_filled_at_ticks() -> None:
    runner = run("ValueOrDefaultCalculator", side={"": "-"}).send("IN", "x" @ t(2), "off tick" @ t(3))
    runner.send("TICK", 0 @ t(1), 0 @ t(2), 0 @ t(4)).close("IN")
    runner.expect("OUT", "-" @ t(1), "x" @ t(2), "-" @ t(4)).expect("FLAG", True @ t(1), True @ t(4))
