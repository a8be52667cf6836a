"""The campaign finds what there is to find: in a part that hangs, crashes, leaks and disagrees on purpose."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(240)

ODD = """
import os, threading, time
from part import DIFFERENCE, REFUSED, RUN, Outcome, Part

KEPT = []

class Odd(Part[str]):
    limit_s = 1.0

    def make(self, choose):
        kinds = ("crash", "hang", "raise", "differ", "refuse", "run")
        return choose.choice("abc") + choose.choice(kinds) + "xy"

    def run(self, given):
        KEPT.append(os.open(os.devnull, os.O_RDONLY))
        if "crash" in given:
            os.abort()
        if "hang" in given:
            time.sleep(60)
        if "raise" in given:
            raise KeyError("no such thing")
        if "differ" in given:
            return Outcome(DIFFERENCE, "left and right")
        return Outcome(REFUSED if "refuse" in given else RUN)

    def smaller(self, given):
        for index in range(len(given)):
            yield given[:index] + given[index + 1:]

create = Odd
"""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "odd.py").write_text(textwrap.dedent(ODD), encoding="utf-8")
    return tmp_path


def test_everything_odd_is_found_counted_and_made_small(
    campaign: Callable[..., Any], odd: Path, tmp_path: Path
) -> None:
    code, results = campaign("--parts", "odd", "--count", "12", parts_in=odd)
    result = results["odd"]
    assert code == 1
    kinds = result["kinds"]
    assert set(kinds) == {"crash", "hang", "traceback", "difference", "refused", "run"}, kinds
    assert sum(kinds.values()) == result["next"] == 12
    assert result["files"] > 0
    contents = {
        finding["kind"]: (tmp_path / "out" / "reproducers" / finding["file"]).read_text()
        for finding in result["findings"]
    }
    words = {"crash": "crash", "hang": "hang", "traceback": "raise", "difference": "differ"}
    assert contents == words
    assert "| odd |" in (tmp_path / "out" / "table.md").read_text()


def test_a_resumed_campaign_goes_on_with_new_inputs(
    campaign: Callable[..., Any], odd: Path, tmp_path: Path
) -> None:
    campaign("--parts", "texts", "--count", "5")
    state = tmp_path / "before.json"
    (tmp_path / "out" / "state.json").rename(state)
    _, results = campaign("--parts", "texts", "--count", "7", "--resume", str(state))
    assert results["texts"]["next"] == sum(results["texts"]["kinds"].values()) == 12
    assert json.loads(state.read_text())["seed"] == 1


def test_each_part_works(campaign: Callable[..., Any]) -> None:
    fast = ("binary_graphs", "traces", "damaged_images", "damaged_videos", "against_reference:2")
    endurance = ("endurance:frames", "endurance:sizes", "endurance:lives")
    code, results = campaign("--parts", *fast, *endurance, "--count", "10")
    assert code == 0, results
    assert [sum(result["kinds"].values()) for result in results.values()] == [10] * 8
    slow = ("disk_full", "kills")
    code, results = campaign("--parts", *slow, "--count", "1")
    assert code == 0, results


WAITING = """
import time
from part import RUN, Outcome, Part

class Waiting(Part[int]):
    limit_s = 1.0

    def make(self, choose):
        return 0

    def run(self, given):
        %s
        return Outcome(RUN)

create = Waiting
"""


@pytest.mark.parametrize(
    ("what", "kind"), [("time.sleep(1.5)", "run"), ("while time.process_time() < 30: pass", "hang")]
)
def test_a_process_that_is_kept_waiting_does_not_hang(
    campaign: Callable[..., Any], tmp_path: Path, what: str, kind: str
) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "waiting.py").write_text(textwrap.dedent(WAITING % what), encoding="utf-8")
    _, results = campaign("--parts", "waiting", "--count", "1", parts_in=tmp_path)
    assert results["waiting"]["kinds"] == {kind: 1}
