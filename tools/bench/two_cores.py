"""Measure the figures that decide how mpgraph feels on a small machine, beside MediaPipe in one run.

    python tools/bench/two_cores.py --peer-python PEER/bin/python [--cpus 0,1] [--busy 0,1] [--markdown]

At rest and beside busy processes. `floor` is what remains without a framework: a Python call a node for
packets, the four steps of selfie segmentation without a graph for frames. On a machine with other load
`--clock cpu` compares the CPU time of all threads.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from contender import Contender, own_backends, peer
from images import write_speed_images
from report import Report, Table, verdict
from rounds import Block, Rounds, ratios

_BUSY = "while True: pass"
_MODELS = ("general", "landscape")


@dataclass(frozen=True)
class Figure:
    """A row: what is measured, in which unit, by which task, and what part of MediaPipe's it should be.

    backends: whether each inference backend has a row.
    """

    name: str
    unit: str
    goal: float
    goal_when_busy: float
    block: Block
    floor: Block
    backends: bool


def figures(images: list[str], frames: int, clock: str) -> Iterator[Figure]:
    """Yield the rows."""
    for nodes, times in ((1, 4), (10, 3), (50, 2)):
        count = 6_000 // (1 + nodes // 10)
        block = _block("packet_us", nodes=nodes, count=count, clock=clock)
        floor = _block("bare_packet_us", nodes=nodes, count=count, clock=clock)
        yield Figure(f"packet, {nodes} nodes", "µs", 1 / times, 1 / times, block, floor, backends=False)
    for model, name in enumerate(_MODELS):
        block = _block("frames", model=model, images=images, count=frames, clock=clock)
        floor = _block("raw_frames", model=model, images=images, count=frames, clock=clock)
        yield Figure(f"process(), {name}", "ms", 0.6, 0.75, block, floor, backends=True)


def main() -> None:
    """Print the tables."""
    options = parse()
    if options.cpus:
        os.sched_setaffinity(0, {int(cpu) for cpu in options.cpus.split(",")})
    rounds = Rounds(options.starts, options.rounds)
    with tempfile.TemporaryDirectory() as name, Report(markdown=options.markdown) as report:
        folder = Path(name)
        images = write_speed_images(folder)
        ours = own_backends([sys.executable], XDG_CACHE_HOME=str(folder / "cache"))
        theirs = peer(options.peer_python)
        rows = list(figures(images, options.block, options.clock))
        for busy in map(int, options.busy.split(",")):
            with busy_processes(busy):
                _compare(theirs, ours, rows, busy, options.clock, rounds, report)
                _threads(ours, busy, options.clock, rounds, report)


def _compare(
    theirs: Contender,
    ours: Sequence[Contender],
    rows: Sequence[Figure],
    busy: int,
    clock: str,
    rounds: Rounds,
    report: Report,
) -> None:
    table = Table(
        f"{beside(busy)}, {_cores()}, {clock} time",
        ("", "MediaPipe", "mpgraph", "of MediaPipe's", "IQR", "goal", "met", "floor", "above the floor"),
        f"All in turn, {rounds}; medians, of the ratio round by round; load {os.getloadavg()[0]:.1f} before.",
    )
    for row in rows:
        for entrant in ours if row.backends else ours[:1]:
            turns = [(theirs, row.block), (entrant, row.block), (entrant, row.floor)]
            peers, mine, floor = rounds.of_turns(f"{row.name} {entrant.name}", turns, report)
            ratio, spread = ratios(mine, peers)
            goal = row.goal_when_busy if busy else row.goal
            above = median(a - b for a, b in zip(mine, floor, strict=True))
            label = f"{row.name}, {entrant.name}" if row.backends else row.name
            table.add(
                *(label, f"{median(peers):.2f} {row.unit}", f"{median(mine):.2f} {row.unit}"),
                *(f"{ratio:.2f}", spread, f"≤ {goal:.2f}", verdict(ratio <= goal)),
                *(f"{median(floor):.2f} {row.unit}", f"{above:.2f} {row.unit}"),
            )
    report.show(table)


def _threads(ours: Sequence[Contender], busy: int, clock: str, rounds: Rounds, report: Report) -> None:
    table = Table(
        f"The models alone: {beside(busy).lower()}, {clock} time",
        ("backend", "model", "1 thread ms", "2 threads ms", "as chosen ms", "of 1 thread", "IQR", "met"),
        f"All in turn, {rounds}; medians. Met: what is chosen is at most 5 % slower than one thread.",
    )
    for entrant in ours:
        for model, name in enumerate(_MODELS):
            blocks = [
                _block("invoke_ms", model=model, threads=threads, count=10, clock=clock)
                for threads in (1, 2, 0)
            ]
            one, two, chosen = rounds.of_tasks(f"{entrant.name}, {name}", entrant, blocks, report)
            ratio, spread = ratios(chosen, one)
            table.add(
                *(entrant.name, name, f"{median(one):.2f}", f"{median(two):.2f}", f"{median(chosen):.2f}"),
                *(f"{ratio:.2f}", spread, verdict(ratio <= 1.05)),
            )
    report.show(table)


def _block(task: str, **arguments: object) -> Block:
    return lambda worker: float(worker.ask(task, **arguments))


def beside(busy: int) -> str:
    """How many processes are busy beside, for the title of a table."""
    return f"{busy or 'No'} busy process{'es' if busy > 1 else ''} beside"


def _cores() -> str:
    count = len(os.sched_getaffinity(0))
    return f"{count} processors" if count > 1 else "one processor"


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Keep so many processors busy meanwhile."""
    with ExitStack() as stack:
        for _ in range(count):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", _BUSY]))
            stack.callback(process.kill)
        yield


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", required=True, help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--cpus", help="use these processors only, such as 0,1")
    parser.add_argument("--busy", default="0,1", help="numbers of busy processes beside, one table each")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="which time to measure")
    parser.add_argument("--starts", type=int, default=3, help="processes per library")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per process")
    parser.add_argument("--block", type=int, default=20, help="frames per round")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
