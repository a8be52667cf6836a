"""`mpgraph run --watch` in a process of its own."""

from __future__ import annotations

import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.media import camera
from mpgraph.media.frames import VideoFrame
from mpgraph.media.images import read_image
from mpgraph.media.video_reader import VideoReader

CALCULATOR = """
import mpgraph as mp

@mp.register
class WatchLevel(mp.Calculator):
    image = mp.Input("IMAGE", mp.ImageFrame)
    out = mp.Output("IMAGE", mp.ImageFrame)
    level = mp.Output("LEVEL", int)

    def process(self, cc):
        pixels = cc[self.image].numpy_view().copy()
        pixels[:] = LEVEL
        cc.emit(self.out, mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=pixels))
        cc.emit(self.level, LEVEL)

LEVEL = 10
"""
GRAPH = """
input_stream: "in"
output_stream: "out"
output_stream: "level"
node {
  calculator: "WatchLevel"
  input_stream: "IMAGE:in"
  output_stream: "IMAGE:out"
  output_stream: "LEVEL:level"
}
"""
TIMEOUT_SECONDS = 60

Save = Callable[[Path, str], None]


class WatchedRun:
    """A running `mpgraph run ... --watch`, whose stdout and stderr are read continuously."""

    def __init__(self, folder: Path, arguments: tuple[str | Path, ...]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mpgraph", "run", *map(str, arguments), "--watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONUNBUFFERED": "1"},
        )
        self.out: queue.Queue[str] = queue.Queue()
        self.err: queue.Queue[str] = queue.Queue()
        pipes = ((self.process.stdout, self.out), (self.process.stderr, self.err))
        self._readers = [threading.Thread(target=self._read, args=pipe) for pipe in pipes]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe: Iterator[str], lines: queue.Queue[str]) -> None:
        for line in pipe:
            lines.put(line)

    def expect(self, text: str, lines: queue.Queue[str] | None = None) -> list[str]:
        """Wait for a line with `text`, by default on stderr; return the lines up to it."""
        received: list[str] = []
        while not received or text not in received[-1]:
            try:
                received.append((self.err if lines is None else lines).get(timeout=TIMEOUT_SECONDS))
            except queue.Empty:
                pytest.fail(f"{text!r} did not appear, only: {received}")
        return received

    def end(self) -> int:
        """Press Ctrl-C and return the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(TIMEOUT_SECONDS)
        self.close()
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join()
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


Start = Callable[..., WatchedRun]


@pytest.fixture
def start(tmp_path: Path, save: Save) -> Iterator[Start]:
    save(tmp_path / "watch_level.py", CALCULATOR)
    save(tmp_path / "level.pbtxt", GRAPH)
    started: list[WatchedRun] = []

    def run(*arguments: str | Path) -> WatchedRun:
        started.append(WatchedRun(tmp_path, ("level.pbtxt", "--module", "watch_level", *arguments)))
        return started[-1]

    yield run
    for run_started in started:
        run_started.close()


def test_video_continues_while_its_graph_is_edited(start: Start, clip: Path, save: Save) -> None:
    module, graph = clip.with_name("watch_level.py"), clip.with_name("level.pbtxt")
    run = start("-i", clip, "--no-browser", "--print-output")
    run.expect("Live preview at")
    run.expect("level @0: 10", run.out)
    save(module, CALCULATOR.replace("10", "20"))
    run.expect("reloaded: watch_level.py changed")
    run.expect(": 20", run.out)
    save(module, CALCULATOR.replace("10", "= 30"))
    assert "watch_level.py:16:9: error: " in run.expect("the previous graph continues")[-2]
    save(graph, GRAPH.replace("LEVEL:", "LEVLE:"))
    lines = run.expect("the previous graph continues")
    assert all("error: " in line for line in lines[:-1])
    save(module, CALCULATOR.replace("10", "40"))
    run.expect("the previous graph continues")
    save(graph, GRAPH)
    run.expect("reloaded: level.pbtxt changed")
    printed = run.expect(": 40", run.out)
    assert run.end() == 0
    assert {line.partition(": ")[2] for line in printed[:-1]} <= {"20\n"}
    times = [int(line.partition("@")[2].partition(":")[0]) for line in printed]
    assert times == sorted(set(times)) and times[-1] > 400_000  # It is longer than the video.


def test_image_is_written_again_at_each_change(
    start: Start, portrait_file: Path, tmp_path: Path, save: Save
) -> None:
    result, module = tmp_path / "result.png", tmp_path / "watch_level.py"
    run = start("--input-image", portrait_file, "--output-image", result)
    run.expect("waiting for a change")
    assert read_image(result).max() == 10
    save(module, CALCULATOR.replace("10", "nothing"))
    assert "NameError" in "".join(run.expect("waiting for a change"))
    assert read_image(result).max() == 10
    save(module, CALCULATOR.replace("10", "200"))
    run.expect("reloaded: watch_level.py changed")
    run.expect("waiting for a change")
    assert read_image(result).max() == 200
    assert run.end() == 0


def test_image_is_shown_without_an_output_file(
    start: Start, portrait_file: Path, tmp_path: Path, save: Save
) -> None:
    run = start("--input-image", portrait_file, "--no-browser")
    run.expect("Live preview at")
    run.expect("waiting for a change")
    save(tmp_path / "level.pbtxt", f"# edited\n{GRAPH}")
    run.expect("reloaded: level.pbtxt changed")
    assert run.end() == 0


def test_video_is_written_again_at_each_change(start: Start, clip: Path, save: Save) -> None:
    result = clip.with_name("result.mp4")
    run = start("-i", clip, "-o", result)
    run.expect("waiting for a change")
    save(clip.with_name("watch_level.py"), CALCULATOR.replace("10", "200"))
    run.expect("reloaded: watch_level.py changed")
    run.expect("waiting for a change")
    with VideoReader(result) as reader:
        frames = [frame.pixels.mean() for frame in reader]
    assert len(frames) == 12 and min(frames) > 190
    assert run.end() == 0


def test_graph_with_errors_at_the_start_is_waited_for(
    start: Start, portrait_file: Path, tmp_path: Path, save: Save
) -> None:
    graph = tmp_path / "level.pbtxt"
    save(graph, GRAPH.replace("IMAGE:in", "IMAGE:im"))
    run = start("--input-image", portrait_file, "--output-image", "result.png")
    assert any("level.pbtxt:7:" in line for line in run.expect("waiting for a change"))
    save(graph, GRAPH)
    run.expect("result.png", run.out)
    assert run.end() == 0


def test_module_with_errors_at_the_start_is_waited_for(start: Start, clip: Path, save: Save) -> None:
    module, helper = clip.with_name("watch_level.py"), clip.with_name("watch_helper.py")
    save(module, f"import watch_helper\n{CALCULATOR}")
    save(helper, "1 / 0")
    run = start("-i", clip, "--no-browser")
    assert "watch_helper.py:1:1: error: " in run.expect("waiting for a change")[0]
    save(helper, "")
    run.expect("Live preview at")
    assert run.end() == 0


def test_endless_source_is_cancelled_at_a_change(start: Start, tmp_path: Path, save: Save) -> None:
    source = """
import mpgraph as mp
import time

@mp.register
class WatchSource(mp.Calculator):
    out = mp.Output("", int)
    t = 0

    def process(self, cc):
        time.sleep(0.01)
        self.t += 1
        cc.emit(self.out, LEVEL, self.t)

LEVEL = 10
"""
    module = tmp_path / "watch_level.py"
    save(module, source)
    save(
        tmp_path / "level.pbtxt",
        'output_stream: "level" node { calculator: "WatchSource" output_stream: "level" }',
    )
    run = start("--print-output")
    run.expect("level @3: 10", run.out)
    save(module, source.replace("10", "20"))
    run.expect("level @1: 20", run.out)
    assert run.end() == 0


def test_camera_stays_open_and_its_recording_continues(
    cli: Any, tmp_path: Path, save: Save, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None
) -> None:
    module, reloaded = tmp_path / "watch_camera.py", tmp_path / "reloaded"
    text = CALCULATOR.replace("WatchLevel", "WatchCamera")
    # The first frame is the trial of the new graph, so at the third the graph has been accepted.
    at_third_frame = f"""
        self.frames = getattr(self, "frames", 0) + 1
        if self.frames == 3:
            open({str(reloaded)!r}, "w").close()
        cc.emit(self.out"""
    # The path is inserted last, because it may contain "10" as well.
    edited = text.replace("10", "200").replace("\n        cc.emit(self.out", at_third_frame)
    save(module, text)
    save(tmp_path / "camera.pbtxt", GRAPH.replace("WatchLevel", "WatchCamera"))
    opened: list[int] = []

    class Camera:
        """A camera whose user edits at the tenth frame, and stops once the new graph has run for a while."""

        def __init__(self, number: int) -> None:
            opened.append(number)

        def __enter__(self) -> Camera:
            return self

        def __exit__(self, *_: object) -> None:
            opened.append(-1)

        def __iter__(self) -> Iterator[VideoFrame]:
            end = time.monotonic() + TIMEOUT_SECONDS
            for i in itertools.count():
                if i == 10:
                    save(module, edited)
                if reloaded.exists():
                    return
                assert time.monotonic() < end, "the edited calculator has not been loaded"
                time.sleep(0.01)
                yield VideoFrame(np.zeros((48, 64, 3), np.uint8), i * 10_000, i)

    monkeypatch.setattr(camera, "Camera", Camera)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    code, out, err = cli("run", "camera.pbtxt", "-o", "result.mp4", "--watch", "--module", module)
    assert (code, opened) == (0, [0, -1])
    assert "reloaded: watch_camera.py changed" in err and "result.mp4 (64x48, " in out
    with VideoReader(tmp_path / "result.mp4") as reader:
        levels = [frame.pixels.mean() for frame in reader]
    assert levels[0] < 30 and levels[-1] > 180


def test_emptied_graph_does_not_end_the_session(start: Start, clip: Path, save: Save) -> None:
    graph = clip.with_name("level.pbtxt")
    save(graph, "")
    run = start("-i", clip, "--no-browser", "--print-output")
    assert '"level.pbtxt" has no nodes' in run.expect("waiting for a change")[0]
    save(graph, GRAPH)
    run.expect("level @0: 10", run.out)
    save(graph, "# to be continued")
    assert '"level.pbtxt" has no nodes' in run.expect("the previous graph continues")[-2]
    save(graph, f"# edited\n{GRAPH}")
    run.expect("reloaded: level.pbtxt changed")
    assert run.end() == 0


PIPELINE = """
import mpgraph as mp
from watch_level import WatchLevel

def build() -> mp.GraphBuilder:
    graph = mp.GraphBuilder()
    level = graph.node(WatchLevel, IMAGE=graph.input("in", mp.ImageFrame))
    graph.output("out", level.output("IMAGE"))
    graph.output("level", level.output("LEVEL"))
    return graph
"""


def test_python_file_is_reloaded_and_its_live_page_follows(
    tmp_path: Path, clip: Path, save: Save, start: Start
) -> None:
    save(tmp_path / "pipeline.py", PIPELINE)
    run = WatchedRun(tmp_path, ("pipeline.py", "-i", clip, "--no-browser", "--print-output", "--viz"))
    try:
        url = run.expect("The running graph: ", run.out)[-1].rpartition(" ")[2].strip()
        run.expect("level @0: 10", run.out)
        assert names_of_nodes(url) == ["WatchLevel"]
        renamed = PIPELINE.replace("WatchLevel, IMAGE", 'WatchLevel, name="renamed", IMAGE')
        save(tmp_path / "pipeline.py", renamed)
        run.expect("reloaded: pipeline.py changed")
        assert names_of_nodes(url) == ["renamed"]
        assert 'name: "renamed"' in asked(url, "read", {"file": "pipeline.py.pbtxt"})["text"]
        assert run.end() == 0
    finally:
        run.close()


def names_of_nodes(url: str) -> list[str]:
    return [node["name"] for node in asked(url, "live", {})["nodes"]]


def asked(url: str, route: str, body: object) -> Any:
    request = urllib.request.Request(url + route, data=json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request) as reply:
        return json.loads(reply.read())
