"""A source that is called in vain ends the test that runs it."""

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
    """A source that only comes to the point after a while."""

    out = mp.Output("OUT", int)
    calls = 0

    def process(self, cc: mp.CalculatorContext) -> object:
        self.calls += 1
        if self.calls == 1000:
            cc.emit(self.out, 1, 5)
        return mp.STOP if self.calls == 2000 else None


def test_a_source_that_says_nothing_fails_instead_of_hanging() -> None:
    with pytest.raises(AssertionError, match="neither emitted anything nor returned STOP") as caught:
        run(Silent).finish()
    assert "blocking = True" in str(caught.value)


def test_a_calculator_without_its_inputs_is_told_how_to_connect_them() -> None:
    with pytest.raises(AssertionError, match="a source") as caught:
        run("ImmediateMuxCalculator").expect_closed("")
    assert "run(..., inputs=[...])" in str(caught.value)


def test_a_source_may_hesitate() -> None:
    run(Hesitant).expect("OUT", 1 @ t(5)).expect_closed("OUT").finish()
