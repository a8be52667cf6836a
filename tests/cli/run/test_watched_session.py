from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.cli.frames.pump import Shown
from mpgraph.cli.modules import UserModules
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.reload import Reload
from mpgraph.cli.run.watched_session import WatchedSession
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
PICTURE = np.zeros((8, 8, 3), np.uint8)


class Stage:
    """A watched session and its files; the clock goes on by a frame at each `level`."""

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
            return GraphSession.load(self.graph, None, None, [], False)

        self.reload = Reload(self.graph, load, modules)
        session = self.reload.load()
        assert session is not None
        self.session = WatchedSession(self.reload, session, keep_size=True)
        self.session.start()
        self.t = 0

    def set(self, level: int, size: int = 8) -> None:
        self.save(self.helper, f"LEVEL = {level}\nSIZE = {size}\n")

    def edit(self, old: str, new: str) -> None:
        self.save(self.calculator, CALCULATOR.replace(old, new))

    def feed(self) -> list[Shown]:
        self.t += 1
        return self.session.feed(PICTURE, self.t)

    def level(self) -> int | None:
        """What one frame shows, None if nothing."""
        shown = self.feed()
        assert [t for _, t in shown] in ([], [self.t])
        return int(shown[0][0][0, 0, 0]) if shown else None

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not reached():
            assert time.monotonic() < end, "it never came"
            time.sleep(0.01)


@pytest.fixture
def stage(
    tmp_path: Path, save: Save, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None
) -> Iterator[Stage]:
    monkeypatch.chdir(tmp_path)
    stage = Stage(tmp_path, save)
    yield stage
    stage.session.finish()


def test_a_changed_module_takes_over_between_frames(stage: Stage, capsys: Any) -> None:
    assert stage.level() == 1
    stage.set(2)
    stage.until(lambda: stage.level() == 2)
    assert "reloaded: watched_helper.py changed" in capsys.readouterr().err
    # The same second and the same size: Python alone would take the compiled file for up to date.
    for level in (3, 4, 5):
        stage.set(level)
        stage.until(lambda level=level: stage.level() == level)  # type: ignore[misc]


def test_an_edit_that_holds_up_the_graph_is_told(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    assert stage.level() == 1
    stage.edit(FILLS, "__import__('time').sleep(0.3); pixels[:] = 7")
    stage.until(lambda: stage.level() == 7)
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
        (lambda s: s.set(9, size=4), "the recording is 8x8"),
    ],
)
def test_a_failing_edit_leaves_the_old_graph_running(
    stage: Stage, capsys: Any, break_it: Callable[[Stage], object], message: str
) -> None:
    assert stage.level() == 1
    registered = CALCULATORS.find("WatchedFill")
    break_it(stage)
    told: list[str] = []

    def is_told() -> bool:
        assert stage.level() == 1
        told.append(capsys.readouterr().err)
        return bool(told[-1])

    stage.until(is_told)
    assert message in told[-1] and "the graph before the change goes on" in told[-1]
    assert told[-1].count("error:") == 1
    assert CALCULATORS.find("WatchedFill") is registered
    for _ in range(30):  # It is told once only.
        assert stage.level() == 1
        time.sleep(0.01)
    assert capsys.readouterr().err == ""
    stage.save(stage.graph, GRAPH)
    stage.save(stage.calculator, CALCULATOR)
    stage.set(2)
    stage.until(lambda: stage.level() == 2)
    assert capsys.readouterr().err.splitlines()[-1].startswith("reloaded: ")


def test_a_graph_that_fails_later_makes_room_for_the_one_before(stage: Stage, capsys: Any) -> None:
    assert stage.level() == 1
    late = CALCULATOR.replace("    def process", "    count = 0\n\n    def process")
    late = late.replace(FILLS, "self.count += 1\n        pixels[:] = 7 // (3 - self.count)")
    stage.save(stage.calculator, late)
    stage.until(lambda: stage.level() == 7 // 2)
    assert stage.level() == 7
    assert stage.level() == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err and "the graph before the last change goes on" in err


def test_a_graph_that_fails_with_none_before_it_stops_until_a_change(stage: Stage, capsys: Any) -> None:
    flag = stage.graph.with_name("fails")
    fails = CALCULATOR.replace(FILLS, f"assert not Path({str(flag)!r}).exists()")
    fails = f"from pathlib import Path\n{fails}"
    stage.save(stage.calculator, fails)
    stage.until(lambda: "reloaded" in (stage.level(), capsys.readouterr().err)[1])
    stage.save(stage.calculator, fails + "\n")
    stage.until(lambda: "reloaded" in (stage.level(), capsys.readouterr().err)[1])
    flag.touch()
    assert stage.level() is None and stage.level() is None
    err = capsys.readouterr().err
    assert err.count("error:") == 2 and "has stopped" in err
    flag.unlink()
    stage.save(stage.calculator, CALCULATOR)
    stage.until(lambda: stage.level() == 1)


def test_a_subgraph_a_model_and_a_new_file_count_too(stage: Stage, capsys: Any) -> None:
    inner = stage.graph.with_name("watched_inner.pbtxt")
    stage.save(stage.graph, GRAPH.replace("WatchedFill", "WatchedInner"))
    stage.until(lambda: "WatchedInner" in (stage.level(), capsys.readouterr().err)[1])
    stage.save(inner, GRAPH)
    stage.until(lambda: "reloaded: watched_inner.pbtxt" in (stage.level(), capsys.readouterr().err)[1])
    stage.save(inner, GRAPH + "#")
    stage.until(lambda: "reloaded: watched_inner.pbtxt" in (stage.level(), capsys.readouterr().err)[1])


def test_old_classes_go(stage: Stage) -> None:
    assert stage.level() == 1
    first = weakref.ref(CALCULATORS.find("WatchedFill"))
    for level in (2, 3, 4):
        stage.set(level)
        stage.until(lambda level=level: stage.level() == level)  # type: ignore[misc]
    gc.collect()
    assert first() is None
