"""Every kind of video that people have, made by ffmpeg, through the commands; `tools/conformance/media.py`.

MPGRAPH_TEST_MEDIA=full: the whole matrix, not a sample. Without ffmpeg these tests are skipped, unless
MPGRAPH_TEST_MEDIA is set.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOLS = Path(__file__).parents[3] / "tools" / "conformance"
MODE = os.environ.get("MPGRAPH_TEST_MEDIA", "")

pytestmark = pytest.mark.skipif(
    not MODE and shutil.which("ffmpeg") is None, reason="needs ffmpeg, whose clips are the test"
)


def tool(name: str) -> ModuleType:
    """A module of tools/conformance, whose modules import each other."""
    sys.path.insert(0, str(TOOLS))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(TOOLS))


def clips() -> list[Any]:
    made = tool("media_clips")
    every = made.all_clips()
    return list(every if MODE == "full" else made.sample(every))


CLIPS = clips()


@pytest.mark.parametrize("number", range(len(CLIPS)), ids=[clip.name for clip in CLIPS])
def test_converted_or_refused_in_one_line(number: int, tmp_path: Path) -> None:
    result = tool("media").check(CLIPS[number], tmp_path, thorough=number % 5 == 0 or MODE == "full")
    assert not result.faults, result.faults
    assert result.outcome == ("refused" if CLIPS[number].refused else "converted")


def test_the_sample_has_every_codec_in_every_container() -> None:
    made = tool("media_clips")
    every = made.all_clips()

    def pairs(chosen: list[Any]) -> set[tuple[str, ...]]:
        return {clip.labels[:2] for clip in chosen if len(clip.labels) == 3}

    assert len({clip.name for clip in every}) == len(every) > 400
    assert pairs(made.sample(every)) == pairs(every)
    assert {label for clip in every for label in clip.labels} == {
        label for clip in made.sample(every) for label in clip.labels
    }


def test_a_fault_is_found(tmp_path: Path) -> None:
    made, media = tool("media_clips"), tool("media")
    turned = made.Clip("a.mp4", "none", quadrants=made.UPRIGHT[::-1])
    assert "quadrant 0" in media.check(turned, tmp_path, thorough=False).faults[0]
    short = made.Clip("b.mp4", "none", frames=9)
    assert media.check(short, tmp_path, thorough=False).faults == ["8 frames of 9"]
    page = media.page([media.check(made.Clip("c.mp4", "none"), tmp_path, thorough=False)])
    assert "| none | 1 | 1 | 0 | 0 |" in page
