"""Measure `map_graph`: scaling over processes, the overhead of a task, and what killed workers cost.

    python tools/bench/map.py [--only scaling,overhead,recovery] [--ray] [--markdown]

Other load on the machine slows all workers, so that the clock says little; the processor time of the workers,
and the processors that others used meanwhile, are shown beside it. Linux only. Ray runs on this machine.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from images import read_portrait
from report import Report, Table, verdict

from mpgraph.io.cores import CORES_VARIABLE, usable_cores
from mpgraph.mapping.map_graph import map_graph
from mpgraph.media.images import write_image
from mpgraph.media.video_writer import VideoWriter

_GRAPH = "selfie_segmentation_cpu.pbtxt"
_FRAMES = 60
_EFFICIENCY = 0.9
_TICKS = os.sysconf("SC_CLK_TCK")

# The graph of the overhead does next to nothing with its tiny images.
_NOTHING = """
input_stream: "input_video"
output_stream: "output_video"
node { calculator: "PassThroughCalculator" input_stream: "input_video" output_stream: "output_video" }
"""


@dataclass(frozen=True)
class Run:
    """One call of `map_graph`.

    seconds: on the clock, from the begin of the first task to the end of the last. work: the sum of what the
    tasks took. processor, driver: seconds of processor time an input, of workers and of this process.
    others: the processors that others used. again: the inputs that were begun more than once. delay: the
    longest wait for a result after a kill.
    """

    inputs: int
    seconds: float
    work: float
    processor: float
    driver: float
    others: float
    again: int = 0
    delay: float = 0.0


def main() -> None:
    """Measure and print the requested tables."""
    options = parse()
    places = ["local", *(["ray"] if options.ray else [])]
    if options.ray:
        import ray

        ray.init(
            num_cpus=usable_cores(), include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR
        )
    with tempfile.TemporaryDirectory() as name, Report(markdown=options.markdown) as report:
        folder = Path(name)
        if "scaling" in options.only:
            _scaling(videos(folder / "videos", options.videos), places, options.rounds, report)
        if "overhead" in options.only:
            _overhead(folder, places, options.images, report)
        if "recovery" in options.only:
            _recovery(videos(folder / "videos", options.videos), report)


def _scaling(inputs: Path, places: Sequence[str], rounds: int, report: Report) -> None:
    cores = usable_cores()
    counts = sorted({1, *(2**k for k in range(1, 10) if 2**k <= cores), cores})
    table = Table(
        f"Videos of {_FRAMES} frames, 640x360, through {_GRAPH}",
        (
            "where",
            "workers",
            "frames/s",
            "of linear",
            "others",
            "ms of processor a frame",
            "in tasks",
            "efficiency",
            "met",
        ),
        f"A core for each worker; {rounds} rounds, in turn: frames/s of the fastest, otherwise medians. "
        "others: the processors that other programs used. in tasks: the part of the workers' time in which "
        "they had one. efficiency: that, times one worker's processor time a frame by this one; what is left "
        f"of linear without other load. Met: at least {_EFFICIENCY}.",
    )
    report.begin("scaling", rounds * len(counts) * len(places))
    for place in places:
        runs: dict[int, list[Run]] = defaultdict(list)
        for _ in range(rounds):
            for workers in counts:
                # One worker alone would use all cores, and several could only share what it has already.
                with _one_core_each():
                    runs[workers].append(run(_GRAPH, inputs, place, workers))
                report.step()
        rates = {
            workers: max(_FRAMES * each.inputs / each.seconds for each in runs[workers]) for workers in counts
        }
        costs = {
            workers: 1000 * median(each.processor for each in runs[workers]) / _FRAMES for workers in counts
        }
        for workers in counts:
            busy = median(each.work / each.seconds for each in runs[workers]) / workers
            efficiency = busy * costs[1] / costs[workers]
            table.add(
                *(place, workers, f"{rates[workers]:.0f}", f"{rates[workers] / rates[1] / workers:.2f}"),
                f"{median(each.others for each in runs[workers]):.1f}",
                *(
                    f"{costs[workers]:.1f}",
                    f"{busy:.2f}",
                    f"{efficiency:.2f}",
                    verdict(efficiency >= _EFFICIENCY),
                ),
            )
    report.show(table)


@contextmanager
def _one_core_each() -> Iterator[None]:
    before = os.environ.get(CORES_VARIABLE)
    os.environ[CORES_VARIABLE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[CORES_VARIABLE]
        else:
            os.environ[CORES_VARIABLE] = before


def _overhead(folder: Path, places: Sequence[str], count: int, report: Report) -> None:
    graph = folder / "nothing.pbtxt"
    graph.write_text(_NOTHING, "utf-8")
    images = folder / "images"
    images.mkdir()
    for i in range(count):
        write_image(images / f"{i}.png", np.full((16, 16, 3), i % 256, np.uint8))
    table = Table(
        "The overhead of a task: tiny images through a graph that only passes them",
        (
            "where",
            "ms a task",
            "ms of processor: worker",
            "this process",
            "ms a skipped task",
            "this process",
        ),
        f"{count:,} images, one worker; milliseconds on the clock, and of processor time.",
    )
    report.begin("overhead", len(places))
    for place in places:
        done, skipped = (run(str(graph), images, place, 1, out=folder / f"out-{place}") for _ in range(2))
        report.step()
        each = (done.seconds / count, done.processor, done.driver, skipped.seconds / count, skipped.driver)
        table.add(place, *(f"{1000 * value:.2f}" for value in each))
    report.show(table)


def _recovery(inputs: Path, report: Report) -> None:
    workers = usable_cores()
    table = Table(
        "A worker killed in the middle of its work, again and again",
        ("kills", "seconds", "inputs", "done", "begun again", "longest wait for a result after a kill"),
    )
    report.begin("recovery", 3)
    for kills in (0, 1, 4):
        found = run(_GRAPH, inputs, "local", workers, kills=kills)
        table.add(
            kills, f"{found.seconds:.1f}", found.inputs, found.inputs, found.again, f"{found.delay:.2f} s"
        )
        report.step()
    report.show(table)


def run(
    graph: str, inputs: Path, place: str, workers: int, *, kills: int = 0, out: Path | None = None
) -> Run:
    """Map a graph over a folder. kills: how many workers to kill, each after another result."""
    folder = out or Path(tempfile.mkdtemp(dir=inputs.parent))
    begin, end, work, again, delay = float("inf"), 0.0, 0.0, 0, 0.0
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    counts: dict[int, int] = defaultdict(int)
    killed_at: float | None = None
    before = (time.perf_counter(), *processor_time())
    with map_graph(graph, inputs, folder, on=place, workers=workers) as mapping:
        total = len(mapping)
        for result in mapping:
            assert result.error is None, result.error
            end = time.perf_counter()
            begin = min(begin, end - result.seconds)
            work += result.seconds
            again += result.attempts > 1
            pid = int(result.worker.rpartition(":")[2])
            if pid in first:
                last[pid] = used_by(pid)
            else:
                first[pid] = used_by(pid)
                before = before if len(first) > workers else (end, *processor_time())
            counts[pid] += 1
            if killed_at is not None:
                delay, killed_at = max(delay, end - killed_at), None
            if kills and sum(counts.values()) % 3 == 0:
                kills -= 1
                killed_at = end
                os.kill(pid, signal.SIGKILL)
        after = (time.perf_counter(), *processor_time())
        used = {pid: last[pid] - first[pid] for pid in last}
    assert sum(counts.values()) == total == len([*folder.iterdir()])
    if out is None:
        shutil.rmtree(folder)
    each = sum(used.values()) / max(1, sum(counts[pid] - 1 for pid in used))
    clock, busy, own = (a - b for a, b in zip(after, before, strict=True))
    others = (busy - own - sum(used.values())) / clock if clock else 0.0
    return Run(total, end - begin, work, each, own / total, max(0.0, others), again, delay)


def processor_time() -> tuple[float, float]:
    """The processor time that all programs, and this process, have used, in seconds."""
    fields = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    user, nice, system = map(int, fields[:3])
    return (user + nice + system) / _TICKS, time.process_time()


def used_by(pid: int) -> float:
    """The processor time of a process, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def videos(folder: Path, count: int) -> Path:
    """A folder with videos of the portrait, which moves a little from frame to frame."""
    if folder.exists():
        return folder
    folder.mkdir()
    with VideoWriter(folder / "0.mp4", 640, 360) as writer:
        for i, frame in enumerate(frames()):
            writer.write(frame, round(i * 1e6 / 30))
    for i in range(1, count):
        shutil.copy(folder / "0.mp4", folder / f"{i}.mp4")
    return folder


def frames() -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """The frames of a video, 640x360."""
    portrait = cv2.resize(read_portrait(), (720, 405))
    for i in range(_FRAMES):
        x, y = round(20 * np.sin(i / 9)) + 40, round(10 * np.cos(i / 7)) + 20
        yield np.ascontiguousarray(portrait[y : y + 360, x : x + 640]).astype(np.uint8)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="scaling,overhead,recovery", help="the tables, separated by commas")
    parser.add_argument("--ray", action="store_true", help="also on Ray, on this machine")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the scaling")
    parser.add_argument("--videos", type=int, default=12, help="videos of the scaling and the recovery")
    parser.add_argument("--images", type=int, default=1000, help="images of the overhead")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
