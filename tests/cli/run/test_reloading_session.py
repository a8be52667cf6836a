from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.run.graph_session import GraphSession, load_graph
from mpgraph.cli.run.reload import GraphReloader
from mpgraph.cli.run.reloading_session import ReloadingSession
from mpgraph.cli.user_modules import UserModules
from mpgraph.framework.registry import CALCULATORS

GRAPH = """
input_stream: "in"
output_stream: "out"
node { calculator: "WatchedFill" input_stream: "in" output_stream: "out" }
"""
CALCULATOR = """
from dataclasses import dataclass
import mpgraph as mp
from watched_helper import LEVEL, SIZE

@mp.register
class WatchedFill(mp.Calculator):
    image = mp.Input("", mp.ImageFrame)
    out = mp.Output("", mp.ImageFrame)

    @dataclass
    class Options:
        gain: int = 1

    def process(self, cc):
        pixels = cc[self.image].numpy_view().copy()[:SIZE]
        pixels[:] = LEVEL * cc.options.gain
        cc.emit(self.out, mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=pixels))
"""
FILLS = "pixels[:] = LEVEL * cc.options.gain"
Save = Callable[[Path, str], None]
IMAGE = np.zeros((8, 8, 3), np.uint8)


class EditedGraph:
    """A reloading session and its files; every `feed` is the next frame."""

    def __init__(self, folder: Path, save: Save) -> None:
        self.save = save
        self.graph = folder / "watched.pbtxt"
        self.calculator = folder / "watched_calc.py"
        self.helper = folder / "watched_helper.py"
        self.save(self.graph, GRAPH)
        self.save(self.calculator, CALCULATOR)
        self.set(1)
        modules = UserModules([str(self.calculator)])
        modules.load()

        def load() -> GraphSession:
            return GraphSession(load_graph(self.graph, modules), None, None, [], False)

        self.reload = GraphReloader(self.graph, load, modules)
        session = self.reload.load()
        assert session is not None
        self.session = ReloadingSession(self.reload, session, keep_size=True)
        self.session.start()
        self.t = 0

    def set(self, level: int, size: int = 8) -> None:
        self.save(self.helper, f"LEVEL = {level}\nSIZE = {size}\n")

    def edit(self, old: str, new: str) -> None:
        self.save(self.calculator, CALCULATOR.replace(old, new))

    def feed(self) -> list[TimedPixels]:
        self.t += 1
        return self.session.feed(IMAGE, self.t)

    def level(self) -> int | None:
        """The grey level of the image for one frame, None if there is no image."""
        images = self.feed()
        assert [t for _, t in images] in ([], [self.t])
        return int(images[0][0][0, 0, 0]) if images else None

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not reached():
            assert time.monotonic() < end, "timed out"
            time.sleep(0.01)


@pytest.fixture
def edited(
    tmp_path: Path, save: Save, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None
) -> Iterator[EditedGraph]:
    monkeypatch.chdir(tmp_path)
    edited = EditedGraph(tmp_path, save)
    yield edited
    edited.session.finish()


def test_changed_module_takes_effect_between_frames(edited: EditedGraph, capsys: Any) -> None:
    assert edited.level() == 1
    edited.set(2)
    edited.until(lambda: edited.level() == 2)
    assert "reloaded: watched_helper.py changed" in capsys.readouterr().err
    # Within one second and with the same size: Python alone would take the .pyc file as up to date.
    for level in (3, 4, 5):
        edited.set(level)
        edited.until(lambda level=level: edited.level() == level)  # type: ignore[misc]


def test_edit_that_blocks_the_graph_is_reported(
    edited: EditedGraph, caplog: pytest.LogCaptureFixture
) -> None:
    assert edited.level() == 1
    edited.edit(FILLS, "__import__('time').sleep(0.3); pixels[:] = 7")
    edited.until(lambda: edited.level() == 7)
    (warning,) = caplog.messages
    assert 'Node "WatchedFill" (WatchedFill) blocks the whole graph' in warning
    assert "watched_calc.py:" in warning


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda s: s.save(s.helper, "LEVEL = = 1"), "watched_helper.py:1:9: error: "),
        (lambda s: s.save(s.helper, "SIZE = 8"), "watched_calc.py:4:1: error: "),
        (lambda s: s.save(s.graph, GRAPH.replace('"in" output', '"im" output')), "watched.pbtxt:4:"),
        (lambda s: s.save(s.graph, "node {"), "watched.pbtxt:1:"),
        (lambda s: s.graph.unlink(), "watched.pbtxt"),
        (
            lambda s: s.save(
                s.calculator, CALCULATOR.replace("pixels[:] = LEVEL * cc.options.gain", "1 / 0")
            ),
            "ZeroDivisionError",
        ),
        (
            lambda s: s.save(s.calculator, CALCULATOR.replace("WatchedFill", "WatchedFull")),
            'mean "WatchedFull"',
        ),
        (lambda s: s.set(9, size=4), "the video file is 8x8"),
    ],
)
def test_failing_edit_leaves_the_previous_graph_running(
    edited: EditedGraph, capsys: Any, break_it: Callable[[EditedGraph], object], message: str
) -> None:
    assert edited.level() == 1
    registered = CALCULATORS.find("WatchedFill")
    break_it(edited)
    reported: list[str] = []

    def is_reported() -> bool:
        assert edited.level() == 1
        reported.append(capsys.readouterr().err)
        return bool(reported[-1])

    edited.until(is_reported)
    assert message in reported[-1] and "the previous graph continues" in reported[-1]
    assert reported[-1].count("error:") == 1
    assert CALCULATORS.find("WatchedFill") is registered
    for _ in range(30):  # It is reported only once.
        assert edited.level() == 1
        time.sleep(0.01)
    assert capsys.readouterr().err == ""
    edited.save(edited.graph, GRAPH)
    edited.save(edited.calculator, CALCULATOR)
    edited.set(2)
    edited.until(lambda: edited.level() == 2)
    assert capsys.readouterr().err.splitlines()[-1].startswith("reloaded: ")


def test_graph_that_fails_later_is_replaced_by_the_previous_graph(edited: EditedGraph, capsys: Any) -> None:
    assert edited.level() == 1
    late = CALCULATOR.replace("    def process", "    count = 0\n\n    def process")
    late = late.replace(FILLS, "self.count += 1\n        pixels[:] = 7 // (3 - self.count)")
    edited.save(edited.calculator, late)
    edited.until(lambda: edited.level() == 7 // 2)
    assert edited.level() == 7
    assert edited.level() == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err and "going back to the previous graph" in err


def test_failing_graph_without_a_previous_graph_stops_until_a_change(
    edited: EditedGraph, capsys: Any
) -> None:
    flag = edited.graph.with_name("fails")
    fails = CALCULATOR.replace(FILLS, f"assert not Path({str(flag)!r}).exists()")
    fails = f"from pathlib import Path\n{fails}"
    edited.save(edited.calculator, fails)
    edited.until(lambda: "reloaded" in (edited.level(), capsys.readouterr().err)[1])
    edited.save(edited.calculator, fails + "\n")
    edited.until(lambda: "reloaded" in (edited.level(), capsys.readouterr().err)[1])
    flag.touch()
    assert edited.level() is None and edited.level() is None
    err = capsys.readouterr().err
    assert err.count("error:") == 2 and "has stopped" in err
    flag.unlink()
    edited.save(edited.calculator, CALCULATOR)
    edited.until(lambda: edited.level() == 1)


def test_subgraphs_and_new_files_are_watched(edited: EditedGraph, capsys: Any) -> None:
    inner = edited.graph.with_name("watched_inner.pbtxt")
    edited.save(edited.graph, GRAPH.replace("WatchedFill", "WatchedInner"))
    edited.until(lambda: "WatchedInner" in (edited.level(), capsys.readouterr().err)[1])
    edited.save(inner, GRAPH)
    edited.until(lambda: "reloaded: watched_inner.pbtxt" in (edited.level(), capsys.readouterr().err)[1])
    edited.save(inner, GRAPH + "#")
    edited.until(lambda: "reloaded: watched_inner.pbtxt" in (edited.level(), capsys.readouterr().err)[1])


def test_replaced_classes_are_garbage_collected(edited: EditedGraph) -> None:
    assert edited.level() == 1
    first = weakref.ref(CALCULATORS.find("WatchedFill"))
    for level in (2, 3, 4):
        edited.set(level)
        edited.until(lambda level=level: edited.level() == level)  # type: ignore[misc]
    gc.collect()
    assert first() is None
