"""Measure how fast a video gets a new background: `mpgraph selfie` and a script with MediaPipe and OpenCV.

    python tools/bench/selfie_video.py VIDEO [--peer-python PEER/bin/python] [--rounds 3]

Both programs run in turn, each in processes of its own. The time of a program that only starts is taken off:
that of the same video cut to its first frames.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from contender import CHECKOUT

from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter

_PEER = Path(__file__).with_name("peer_background.py")
_FEW = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames = cut(options.video, folder / "short.mp4")
        out = str(folder / "out.mp4")
        commands = {
            "mpgraph": [sys.executable, "-m", "mpgraph", "selfie", "INPUT", "-o", out, "-f", "-b", "green"]
        }
        if options.peer_python:
            commands["MediaPipe"] = [options.peer_python, str(_PEER), "INPUT", out]
        rates: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                start, cpu_start = seconds(command, folder / "short.mp4")
                whole, cpu = seconds(command, options.video)
                rates[name].append((frames - _FEW) / (whole - start))
                milliseconds = 1000 * (cpu - cpu_start) / (frames - _FEW)
                line = f"{rates[name][-1]:.1f} frames/s, {milliseconds:.1f} ms of CPU time a frame"
                print(f"{name}: {line}, {start:.1f} s to start", flush=True)
    if options.peer_python:
        ratios = [own / peer for own, peer in zip(rates["mpgraph"], rates["MediaPipe"], strict=True)]
        spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
        print(f"\nmpgraph is {statistics.median(ratios):.2f} times as fast ({spread})")


def cut(source: Path, target: Path) -> int:
    """Write the first frames of a video to another file, and return how many frames the video has."""
    with VideoReader(source) as reader:
        height, width = reader.info.height, reader.info.width
        with VideoWriter(target, width, height, reader.info.frame_rate) as writer:
            for frame in islice(reader, _FEW):
                writer.write(frame.pixels, frame.timestamp_us)
        return _FEW + sum(1 for _ in reader)


def seconds(command: list[str], video: Path) -> tuple[float, float]:
    """Return how long a command takes for a video, on the clock and in CPU time."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [str(video) if word == "INPUT" else word for word in command],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, used


if __name__ == "__main__":
    main()
