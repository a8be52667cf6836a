"""Measure how fast a video gets a new background: `mpgraph selfie` and a script with MediaPipe and OpenCV.

    python tools/bench/selfie_video.py VIDEO --peer-python PEER/bin/python [--background green,blur,IMAGE]
        [--busy 0,1] [--rounds 3] [--markdown]

Both programs run in turn, each in processes of its own. The time of a program that only starts is taken off:
that of the same video cut to its first frames. On a machine with other load only CPU time can be compared.
Without a script to compare with: `mpgraph run` with the segmentation graph, and the other levels of mattes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from contender import CHECKOUT, PEER
from report import Report, Table, verdict
from rounds import ratios
from two_cores import beside, busy_processes

from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter

_PEER = Path(__file__).with_name("peer_background.py")
_FEW = 5
_GOAL, _GOAL_WHEN_BUSY = 2.5, 2.0
_COLUMNS = (
    *("", PEER, "mpgraph", "times", "IQR", "goal", "met"),
    *(f"CPU ms, {each}" for each in (PEER, "mpgraph", "times")),
)
_RUN = [sys.executable, "-m", "mpgraph"]


@dataclass(frozen=True)
class Task:
    """A row: the commands, in which INPUT and OUTPUT stand for files.

    peer: of the script, none to measure mpgraph alone. goal: frames/s with no busy process beside, if that
    is what is wanted rather than a multiple of the script's.
    """

    name: str
    own: Sequence[str]
    peer: Sequence[str] = ()
    goal: float = 0


@dataclass(frozen=True)
class Speed:
    """What a program did: frames a second on the clock, and ms of CPU time a frame."""

    rate: float
    cpu: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--background", default="green,blur", help="green, blur and image files")
    parser.add_argument("--busy", default="0,1", help="numbers of busy processes beside, one table each")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Report(markdown=options.markdown) as report:
        folder = Path(name)
        frames = cut(options.video, folder / "short.mp4")
        rows = list(tasks(options.background.split(","), options.peer_python))
        for busy in map(int, options.busy.split(",")):
            with busy_processes(busy):
                table = Table(
                    f"{beside(busy)}, {frames} frames",
                    _COLUMNS,
                    f"Frames/s, {options.rounds} rounds in turn; medians, of the ratio round by round; load "
                    f"{os.getloadavg()[0]:.1f} before.",
                )
                report.begin(table.title, options.rounds * len(rows))
                for row in rows:
                    table.add(*cells(row, options.video, folder, frames, options.rounds, busy, report))
                report.show(table)


def tasks(backgrounds: Sequence[str], peer_python: str | None) -> Iterator[Task]:
    """Yield the rows."""
    selfie = [*_RUN, "selfie", "INPUT", "-o", "OUTPUT", "-f", "-b"]
    for background in backgrounds:
        peer = [peer_python, str(_PEER), "INPUT", "OUTPUT", background] if peer_python else []
        yield Task(Path(background).name, [*selfie, background], peer)
    plain = "selfie_segmentation_cpu.pbtxt"
    yield Task(f"`mpgraph run {plain}`", [*_RUN, "run", plain, "-i", "INPUT", "-o", "OUTPUT"], goal=80)
    for level in ("fast", "best"):
        yield Task(f"green, `--refine {level}`", [*selfie, "green", "--refine", level])


def cells(
    task: Task, video: Path, folder: Path, frames: int, rounds: int, busy: int, report: Report
) -> Sequence[str]:
    """Measure a row and return its cells."""
    programs = [command for command in (task.peer, task.own) if command]
    speeds: list[list[Speed]] = [[] for _ in programs]
    for _ in range(rounds):
        for command, results in zip(programs, speeds, strict=True):
            start, cpu_start = seconds(command, folder / "short.mp4", folder / "out.mp4")
            whole, cpu = seconds(command, video, folder / "out.mp4")
            count = frames - _FEW
            results.append(Speed(count / (whole - start), 1000 * (cpu - cpu_start) / count))
        report.step()
    own = speeds[-1]
    rate, used = median(each.rate for each in own), f"{median(each.cpu for each in own):.1f}"
    if not task.peer:
        goal = task.goal and not busy
        met = [f"≥ {task.goal:.0f} frames/s", verdict(rate >= task.goal)] if goal else ["", ""]
        return (task.name, "", f"{rate:.1f}", "", "", *met, "", used, "")
    peer, wanted = speeds[0], _GOAL_WHEN_BUSY if busy else _GOAL
    times, spread = ratios([each.rate for each in own], [each.rate for each in peer])
    cpu_times, _ = ratios([each.cpu for each in own], [each.cpu for each in peer])
    return (
        *(task.name, f"{median(each.rate for each in peer):.1f}", f"{rate:.1f}", f"{times:.2f}", spread),
        *(f"≥ {wanted}", verdict(times >= wanted)),
        *(f"{median(each.cpu for each in peer):.1f}", used, f"{cpu_times:.2f}"),
    )


def cut(source: Path, target: Path) -> int:
    """Write the first frames of a video to another file, and return how many frames the video has."""
    with VideoReader(source) as reader:
        height, width = reader.info.height, reader.info.width
        with VideoWriter(target, width, height, reader.info.frame_rate) as writer:
            for frame in islice(reader, _FEW):
                writer.write(frame.pixels, frame.timestamp_us)
        return _FEW + sum(1 for _ in reader)


def seconds(command: Sequence[str], video: Path, output: Path) -> tuple[float, float]:
    """Return how long a command takes for a video, on the clock and in CPU time."""
    files = {"INPUT": str(video), "OUTPUT": str(output)}
    output.unlink(missing_ok=True)
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [files.get(word, word) for word in command],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, used


if __name__ == "__main__":
    main()
