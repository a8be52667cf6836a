from __future__ import annotations

import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.media.images import read_image, write_image

CALCULATOR = """
import mpgraph as mp

@mp.calculator
def map_test_mean(image: mp.ImageFrame) -> float:
    return float(image.numpy_view().mean())
"""

GRAPH = """
input_stream: "input_video"
output_stream: "mean"
node { calculator: "MapTestMeanCalculator" input_stream: "IMAGE:input_video" output_stream: "mean" }
"""


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with two images, and one that is broken."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for level, name in ((60, "a.png"), (90, "b.png")):
        write_image(folder / name, np.full((12, 16, 3), level, np.uint8))
    (folder / "broken.png").write_text("no image")
    return folder


def records(text: str) -> list[dict[str, Any]]:
    return sorted(map(json.loads, text.splitlines()), key=lambda each: str(each["input"]))


def test_results_are_lines_of_json_in_a_pipe(
    cli: Any, flip_graph: Path, photos: Path, tmp_path: Path
) -> None:
    code, out, err = cli("map", flip_graph, photos, "-o", tmp_path / "out", "--workers", "1")
    broken = photos / "broken.png"
    assert code == 1
    assert err.startswith(f'error: "{broken}" is damaged or not an image') and err.count("\n") == 1
    assert [(Path(each["input"]).name, each["status"]) for each in records(out)] == [
        ("a.png", "done"),
        ("b.png", "done"),
        ("broken.png", "failed"),
    ]
    broken.unlink()
    code, out, err = cli("map", flip_graph, photos, "-o", tmp_path / "out", "--workers", "1")
    assert (code, err) == (0, "")
    assert [each["status"] for each in records(out)] == ["skipped", "skipped"]


def test_a_summary_is_appended_to_a_file(cli: Any, flip_graph: Path, photos: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    arguments = ("map", flip_graph, photos / "a.png", "-o", tmp_path / "out", "--summary", log)
    assert cli(*arguments).out.startswith(f"{tmp_path / 'out'}: 1 done, 0 skipped, 0 failed in ")
    assert cli(*arguments, "--force").code == cli(*arguments).code == 0
    assert [each["status"] for each in map(json.loads, log.read_text().splitlines())] == [
        "done",
        "done",
        "skipped",
    ]


def test_inputs_come_from_lists_and_standard_input(
    cli: Any, flip_graph: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.txt").write_text(f"{photos / 'a.png'}\n\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{photos / 'b.png'}\n"))
    done = cli("map", flip_graph, f"@{tmp_path / 'list.txt'}", "-", "-o", tmp_path / "out", "--workers", "1")
    assert [Path(each["input"]).name for each in records(done.out)] == ["a.png", "b.png"]
    done = cli("map", flip_graph, "@missing.txt", "-o", tmp_path / "out")
    assert (done.code, done.err) == (1, 'error: "missing.txt" no such file or directory\n')


def test_modules_and_their_calculators_are_imported_by_workers(
    cli: Any, photos: Path, tmp_path: Path, forgotten_modules: None
) -> None:
    (tmp_path / "map_test_calculators.py").write_text(CALCULATOR)
    (tmp_path / "mean.pbtxt").write_text(GRAPH)
    done = cli(
        "map", tmp_path / "mean.pbtxt", photos / "a.png", "-o", tmp_path / "out",
        "--module", tmp_path / "map_test_calculators.py",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    assert json.loads((tmp_path / "out" / "a.jsonl").read_text()) == {
        "frame": 0,
        "timestamp_us": 0,
        "mean": 60.0,
    }


def test_a_graph_in_a_python_file_brings_its_calculators(
    cli: Any, photos: Path, tmp_path: Path, forgotten_modules: None
) -> None:
    (tmp_path / "map_test_calculators.py").write_text(
        f"""{CALCULATOR}
pipeline = mp.GraphBuilder()
pipeline.output("mean", pipeline.node(map_test_mean, IMAGE=pipeline.input("input_video")))
"""
    )
    done = cli("map", tmp_path / "map_test_calculators.py", photos / "a.png", "-o", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    assert json.loads((tmp_path / "out" / "a.jsonl").read_text())["mean"] == 60.0
    done = cli("map", tmp_path / "map_test_calculators.py:pipe", photos / "a.png", "-o", tmp_path / "out")
    assert done.code == 1 and 'no graph "pipe"' in done.err and "pipeline" in done.err


def test_wrong_usage_is_one_line(cli: Any, flip_graph: Path, photos: Path, tmp_path: Path) -> None:
    done = cli("map", flip_graph, photos, "-o", tmp_path / "out", "--on", "moon")
    assert (done.code, done.err) == (1, 'error: on is "local", "ray" or "ray=ADDRESS", not "moon"\n')
    done = cli("map", flip_graph, photos, "-o", tmp_path / "out", "-s", "a=1")
    assert done.code == 1 and done.err.count("\n") == 1


def test_ctrl_c_keeps_what_is_finished_and_nothing_else(flip_graph: Path, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(400):
        write_image(folder / f"{i}.png", np.full((120, 160, 3), 60, np.uint8))
    command = [sys.executable, "-m", "mpgraph", "map", flip_graph, folder, "-o", tmp_path / "out"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, start_new_session=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout is not None and process.stderr is not None
        first = json.loads(process.stdout.readline())
        # As a terminal does it: to all processes.
        os.killpg(process.pid, signal.SIGINT)
        process.stdout.read()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (130, "interrupted\n")
    files = [*(tmp_path / "out").iterdir()]
    assert Path(first["outputs"][0]) in files and len(files) < 400
    assert all(file.suffix == ".png" and read_image(file).shape == (120, 160, 3) for file in files)


def test_progress_is_shown_on_a_terminal(flip_graph: Path, photos: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mpgraph", "map", flip_graph, photos, "-o", tmp_path / "out"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 10_000)
            except OSError:  # The process has closed the terminal.
                break
    os.close(ours)
    text = shown.decode()
    assert process.returncode == 1
    assert "/3" in text and "2 done, 0 skipped, 1 failed" in text and '{"input"' not in text
