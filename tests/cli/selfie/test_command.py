from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mpgraph.media.images import read_image, write_image
from mpgraph.media.video_reader import VideoReader

Start = Any


def silence() -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), format="fltp", layout="mono")
    frame.rate = 44100
    return frame


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portrait_file: Path) -> Path:
    """A working directory with valid and invalid files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    (tmp_path / "me.jpg").write_bytes(portrait_file.read_bytes())
    (tmp_path / "cut.jpg").write_bytes(portrait_file.read_bytes()[:30_000])
    (tmp_path / "text.mp4").write_text("this is not a video", "utf-8")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "empty.png").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.mp4")
    for name, codec in (("none.mp4", "libx264"), ("sound.mp4", "aac")):
        with av.open(name, "w") as container:
            stream = container.add_stream(codec, rate=44100 if codec == "aac" else 30)
            for packet in stream.encode(silence()) if codec == "aac" else []:
                container.mux(packet)
            container.mux(stream.encode(None))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["my.jpg"], 'there is no file "my.jpg". Did you mean "me.jpg"'),
        (["cut.jpg"], '"cut.jpg" is cut off'),
        (["empty.png"], "is empty (zero bytes)"),
        (["empty.mp4"], "is empty (zero bytes)"),
        (["text.mp4"], '"text.mp4" is not a video'),
        (["none.mp4"], '"none.mp4"'),
        (["sound.mp4"], "contains only audio"),
        (["folder"], 'there are no images or videos in the folder "folder"'),
        (["me.jpg", "none/out.png"], "there is no folder"),
        (["me.jpg", "text.mp4/out.png"], "is not a folder"),
        (["me.jpg", "/proc/out.png"], "cannot write"),
        (["me.jpg", "-o", "me.jpg", "--force"], "is an input"),
        (["folder", "out.jpg"], "there are no images or videos"),
        (["me.jpg", "-o", "out.jpg", "-b", "blur:200"], "0 to 100"),
        (["me.jpg", "--blur-strength", "20", "-b", "red"], "is for --background blur"),
        (["me.jpg", "--matte", "--raw-mask"], "choose one"),
        (["me.jpg", "--raw-mask", "--light-wrap", "0.3"], "--raw-mask has no background"),
        (["me.jpg", "--matte", "-b", "teal", "--light-wrap", "0"], "out --background and --light-wrap"),
        (["me.jpg", "--model", "general", "--refine", "best"], "--model uses the network's mask as it is"),
        (["me.jpg", "-b", "transparent", "--light-wrap", "0.3"], "a transparent background has no light"),
        (["me.jpg", "--codec", "theora"], "is not a codec"),
        (["me.jpg", "out.gift"], "not an image format"),
        (["me.jpg", "out.jpg", "-b", "transparent"], "use .png or .webp"),
        (["me.jpg", "-b", "trasparent"], "blur or transparent"),
        (["me.jpg", "-b", "nowhere.png"], 'there is no file "nowhere.png"'),
        (["me.jpg", "-b", "cut.jpg"], "is cut off"),
        (["me.jpg", "-b", "red", "--mask-only"], "leave out --background"),
        (
            ["clip.mp4", "out.mp4", "-b", "transparent"],
            ".mp4 videos have no transparency; use .webm (VP9, for",
        ),
        (["--webcam", "0", "-b", "transparent"], "the live preview has no transparency"),
        (["pipe.mp4"], '"pipe.mp4" is a pipe or device'),
        (["clip.mp4", "out.xyz"], "not a supported video format"),
        (["--webcam", "77"], "cannot open camera 77"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    cli: Any, in_tmp: Path, clip: Path, arguments: list[str], message: str
) -> None:
    before = {file: file.stat().st_mtime_ns for file in in_tmp.rglob("*")}
    code, out, err = cli("selfie", *arguments)
    assert code == 1 and not out
    assert err.startswith("error: ") and err.count("\n") == 1
    assert message in err
    assert {file: file.stat().st_mtime_ns for file in in_tmp.rglob("*")} == before


def test_missing_model_is_named(cli: Any, in_tmp: Path, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = in_tmp / "graph.pbtxt"
    graph.write_text(
        'input_stream: "in" output_stream: "mask"\n'
        'node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:path"'
        " options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] {"
        ' packet { string_value: "selfie_segmentation_landscap.tflite" } } } }\n'
        'node { calculator: "LocalFileContentsCalculator" input_side_packet: "FILE_PATH:path"'
        ' output_side_packet: "CONTENTS:contents" }\n'
        'node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "mask" }\n'
    )
    code, _, err = cli("run", graph, "-i", clip, "-o", "out.mp4")
    assert code == 1 and err.count("\n") == 1
    assert 'Did you mean "selfie_segmentation_landscape.tflite"' in err
    assert not Path("out.mp4").exists()


def start(arguments: list[str], folder: Path, limit: int | None = None) -> subprocess.Popen[str]:
    """Start the command in a process of its own, optionally with a limit on the size of files."""
    script = "from mpgraph.cli import main; main()"
    if limit is not None:
        script = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); {script}"
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_output(folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until part of the temporary output has been written."""
    while process.poll() is None and not any(file.stat().st_size for file in folder.glob(".*.mp4")):
        os.sched_yield() if hasattr(os, "sched_yield") else None


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory, make_clip: Any) -> Path:
    """A video of 3000 frames: a run does not end before it is interrupted."""
    return Path(make_clip(tmp_path_factory.mktemp("clips") / "long.mp4", 3000, 640, 360))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_video_is_playable(tmp_path: Path, long_clip: Path, number: signal.Signals) -> None:
    shutil.copy(long_clip, tmp_path)
    process = start(["selfie", "long.mp4", "out.mp4"], tmp_path)
    wait_for_output(tmp_path, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err == "interrupted\n"
    with VideoReader(tmp_path / "out.mp4", strict=True) as reader:
        frames = sum(1 for _ in reader)
    assert 0 < frames < 3000
    assert f"out.mp4 (640x360, {frames} frame" in out
    assert sorted(file.name for file in tmp_path.iterdir()) == ["long.mp4", "out.mp4"]


def test_two_interrupts_leave_no_temporary_file(tmp_path: Path, long_clip: Path) -> None:
    shutil.copy(long_clip, tmp_path)
    process = start(["selfie", "long.mp4", "out.mp4"], tmp_path)
    wait_for_output(tmp_path, process)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    # Two signals in quick succession may count as one; the video is then completed.
    assert not list(tmp_path.glob(".*"))


def test_full_disk_is_reported_and_leaves_no_file(
    tmp_path: Path, make_clip: Any, portrait_file: Path
) -> None:
    make_clip(tmp_path / "clip.mp4", 60, 320, 240)
    for source, target, limit in (("clip.mp4", "out.mp4", 2_000), (str(portrait_file), "out.png", 20_000)):
        process = start(["selfie", source, target, "-b", "red"], tmp_path, limit)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1 and not out
        assert err.startswith(f'error: "{target}" was not written') and err.count("\n") == 1
        assert sorted(file.name for file in tmp_path.iterdir()) == ["clip.mp4"]


def test_watch_starts_again_when_the_background_changes(tmp_path: Path, portrait_file: Path) -> None:
    shutil.copy(portrait_file, tmp_path / "me.jpg")
    result = tmp_path / "out.png"
    write_image(tmp_path / "wall.png", np.full((8, 8, 3), (200, 0, 0), np.uint8))
    process = start(["selfie", "me.jpg", "-o", "out.png", "-b", "wall.png", "--watch"], tmp_path)
    try:
        for color in ((200, 0, 0), (0, 0, 200)):
            write_image(tmp_path / "wall.png", np.full((8, 8, 3), color, np.uint8))
            deadline = time.monotonic() + 60
            while not (result.exists() and (read_image(result)[10, 500] == color).all()):
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0
