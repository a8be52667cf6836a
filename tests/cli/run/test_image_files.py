from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.frames.selection import Conversion
from mpgraph.cli.run.image_files import ImageBatch
from mpgraph.cli.run.session_driver import FrameSession
from mpgraph.errors import MpgraphError
from mpgraph.media.images import read_image, write_image


class Delayed(FrameSession):
    """Sends each image, brighter by one, when the next one comes."""

    input_stream = output_stream = "any"

    def __init__(self, fails: bool = False) -> None:
        self.waiting: list[TimedPixels] = []
        self.fails = fails
        self.abandoned = False

    def start(self) -> None:
        pass

    def feed(self, pixels: Any, timestamp_us: int) -> list[TimedPixels]:
        if self.fails:
            raise MpgraphError("broken")
        done, self.waiting = self.waiting, [(pixels + 1, timestamp_us)]
        return done

    def finish(self) -> list[TimedPixels]:
        return self.waiting

    def abandon(self) -> None:
        self.abandoned = True


@pytest.fixture
def batch(tmp_path: Path) -> ImageBatch:
    (tmp_path / "out").mkdir()
    names = [f"{index}.png" for index in range(9)]
    for index, name in enumerate(names):
        write_image(tmp_path / name, np.full((2, index + 1, 3), index, np.uint8))
    (tmp_path / "4.png").write_bytes(b"no image")
    return ImageBatch([Conversion(tmp_path / name, tmp_path / "out" / name) for name in names])


def test_results_get_the_names_of_their_sources(
    batch: ImageBatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch.convert(Delayed(), "test")
    assert (batch.written, batch.failures, batch.interrupted, batch.size) == (8, 1, False, (9, 2))
    assert capsys.readouterr().err.count("error: ") == 1
    for index in (0, 1, 2, 3, 5, 6, 7, 8):
        result = read_image(tmp_path / "out" / f"{index}.png")
        assert result.shape == (2, index + 1, 3) and (result == index + 1).all()
    assert not (tmp_path / "out" / "4.png").exists()


def test_error_of_the_graph_ends_it(batch: ImageBatch) -> None:
    session = Delayed(fails=True)
    with pytest.raises(MpgraphError, match="broken"):
        batch.convert(session, "test")
    assert session.abandoned
