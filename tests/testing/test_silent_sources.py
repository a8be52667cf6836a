"""Sources that emit nothing and never stop fail their test."""

from __future__ import annotations

import pytest

import mpgraph as mp
from mpgraph.testing import run, t


class Silent(mp.Calculator):
    """A source that neither emits nor stops."""

    out = mp.Output("OUT", int)

    def process(self, cc: mp.CalculatorContext) -> None:
        pass


class Hesitant(mp.Calculator):
    """A source that emits its first packet only after many calls."""

    out = mp.Output("OUT", int)
    calls = 0

    def process(self, cc: mp.CalculatorContext) -> object:
        self.calls += 1
        if self.calls == 1000:
            cc.emit(self.out, 1, 5)
        return mp.STOP if self.calls == 2000 else None


def test_silent_source_fails_instead_of_hanging() -> None:
    with pytest.raises(AssertionError, match="neither emitted anything nor returned STOP") as caught:
        run(Silent).finish()
    assert "blocking = True" in str(caught.value)


def test_unconnected_calculator_gets_a_hint_about_its_inputs() -> None:
    with pytest.raises(AssertionError, match="a source") as caught:
        run("ImmediateMuxCalculator").expect_closed("")
    assert "run(..., inputs=[...])" in str(caught.value)


def test_source_may_be_silent_for_a_while() -> None:
    run(Hesitant).expect("OUT", 1 @ t(5)).expect_closed("OUT").finish()
