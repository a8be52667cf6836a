from __future__ import annotations

import re
import threading
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from mpgraph.cli.frames.sinks import CombinedSink, LivePreview
from mpgraph.errors import MediaError
from mpgraph.session.sinks import ImageFile, Sink, VideoFile

GREY = np.full((48, 64), 90, np.uint8)


def fill(sink: Sink, count: int) -> None:
    """Put some images into a sink, as commands do."""
    with sink:
        for i in range(count):
            sink.put(GREY, 40_000 * i)


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_errors_remove_what_was_written(tmp_path: Path) -> None:
    sink = CombinedSink([VideoFile(tmp_path / "o.mp4"), ImageFile(tmp_path / "o.png")])
    with pytest.raises(MediaError, match="more than one"):
        fill(sink, 2)
    assert not list(tmp_path.iterdir())


def test_live_preview_shows_images_and_closes(capfd: pytest.CaptureFixture[str]) -> None:
    with LivePreview("title", browser=False, paced=True) as sink:
        found = re.search(r"http://\S+", capfd.readouterr().err)
        assert found is not None
        page = urllib.request.urlopen(found[0], timeout=10).read().decode()
        assert "title" in page
        sink.put(GREY, 1_000_000)
        assert not sink.stop_requested and sink.count == 1
    assert threading.active_count() < 20
