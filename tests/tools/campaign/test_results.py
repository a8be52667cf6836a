"""The results of a campaign: what a process keeps is a finding like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("kept", "leak"),
    [
        ({"growth": [-4.0, 0.9]}, ""),
        ({"growth": [0.2, 3.25]}, "memory grows by 3.2 % an hour"),
        ({"threads": 2}, "2 more threads than before"),
        ({"files": 1}, "1 more open files than before"),
    ],
)
def test_what_a_part_keeps_is_found_and_in_the_table(
    campaign_module: Callable[[str], Any], tmp_path: Path, kept: dict[str, Any], leak: str
) -> None:
    results = campaign_module("results")
    part = results.PartResult(next=7, kinds={"run": 7}, **kept)
    assert part.leaks() == ([leak] if leak else [])
    results.Results(1, {"endurance:lives": part}).save(tmp_path / "state.json")
    loaded = results.Results.load(tmp_path / "state.json")
    assert loaded.found() == bool(leak)
    heads, _, row = (line.strip("| ").split(" | ") for line in loaded.table().splitlines())
    figures = dict(zip(heads, row, strict=True))
    assert figures["% of memory an hour"] == (f"{max(kept['growth']):.2f}" if "growth" in kept else "")
    assert figures["threads"] == str(kept.get("threads", 0))
    assert figures["files"] == str(kept.get("files", 0))
