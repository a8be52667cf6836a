from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.framework.confinement import confined
from mpgraph.media.images import write_image
from mpgraph.media.video_writer import VideoWriter
from mpgraph.testing import run, t
from mpgraph.testing.runner import CalculatorRunner

NAME = "BackgroundFileCalculator"


def started(path: Path) -> CalculatorRunner:
    return run(NAME, side={"INPUT_FILE_PATH": str(path)}, inputs=["TICK"], outputs=["IMAGE"])


def sent(path: Path, *ticks: int) -> list[tuple[int, int]]:
    """(time, grey) of what is sent for ticks."""
    node = started(path)
    for tick in ticks:
        node.send("TICK", tick @ t(tick))
    return [(packet.timestamp.value, grey(packet.payload.pixels)) for packet in node.take("IMAGE")]


def grey(pixels: Any) -> int:
    return round(float(pixels.mean()) / 10) * 10


def test_image_is_sent_once(tmp_path: Path) -> None:
    write_image(tmp_path / "sky.png", np.full((4, 6, 3), 50, np.uint8))
    assert sent(tmp_path / "sky.png", 1000, 2000, 3000) == [(1000, 50)]


def test_video_is_played_in_time_and_again(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "v.mp4", 64, 64, 10) as writer:
        for index, level in enumerate((50, 100, 150)):
            writer.write(np.full((64, 64, 3), level, np.uint8), index * 100_000)
    # A frame that is still due is not sent again, and frames in between are skipped.
    times = (5_000, 50_000, 110_000, 205_000, 310_000, 900_000, 1_000_000)
    assert sent(tmp_path / "v.mp4", *times) == [
        (5_000, 50),
        (110_000, 100),
        (205_000, 150),
        (310_000, 50),
        (900_000, 150),
        (1_000_000, 50),
    ]


@pytest.mark.parametrize("name", ["none.jpg", "none.mp4", "text.mp4"])
def test_file_has_to_be_an_image_or_a_video(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.mp4").write_text("no video")
    started(tmp_path / name).expect_error(name)


def test_graph_from_a_stranger_reads_no_file(tmp_path: Path) -> None:
    write_image(tmp_path / "sky.png", np.full((4, 6, 3), 50, np.uint8))
    with confined():
        started(tmp_path / "sky.png").expect_error("is not trusted")
