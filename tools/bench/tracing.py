"""Measure the cost of tracing a graph, of its statistics, and of neither.

    python tools/bench/tracing.py [--peer-python PEER/bin/python] [--before CHECKOUT] [--markdown]

One process runs the same graph with and without instrumentation, in turn. The CPU time of all threads is
compared, because other load on the machine affects it less than wall time. `--before` is a checkout of an
older mpgraph, for comparing an untraced graph with one from before tracing existed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

from contender import CHECKOUT, PEER, Contender, own, peer
from images import write_speed_images
from report import Report, Table, verdict
from rounds import Block, Rounds, ratios

_NODES = 10
_GRAPH = CHECKOUT / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"
_MODES = {
    "": ("nothing measured", None),
    "after": ("traced before, no longer", 0.01),
    "trace": ("graph.trace()", 0.05),
    "statistics": ("graph.statistics()", 0.05),
    "every call": ("graph.trace(every_call=True)", None),
    "log": ("profiler_config: trace_enabled", 0.05),
    "profiler": ("profiler_config: enable_profiler", None),
}


def main() -> None:
    """Measure and print the tables."""
    options = parse()
    rounds = Rounds(options.starts, options.rounds)
    with Report(markdown=options.markdown) as report:
        _chain(own(), rounds, options.count, report)
        if options.peer_python:
            _peers_log(peer(options.peer_python), rounds, options.count, report)
        if options.before:
            _before(options.before, rounds, options.count, report)
        _frames(own(), rounds, options.frames, report)


def _chain(entrant: Contender, rounds: Rounds, count: int, report: Report) -> None:
    table = _table(f"CPU time of an int packet through {_NODES} PassThrough nodes", "µs", count, rounds)
    results = rounds.of_tasks("a chain", entrant, [_packets(count, mode) for mode in _MODES], report)
    for (name, most), times in zip(_MODES.values(), results, strict=True):
        _row(table, name, f"{median(times):.2f}", times, results[0], most)
    report.show(table)


def _peers_log(entrant: Contender, rounds: Rounds, count: int, report: Report) -> None:
    table = _table(f"The same in {PEER}", "µs", count, rounds)
    results = rounds.of_tasks(
        PEER, entrant, [_packets(count, mode) for mode in ("", "log", "profiler")], report
    )
    for mode, times in zip(("", "log", "profiler"), results, strict=True):
        _row(table, _MODES[mode][0], f"{median(times):.2f}", times, results[0], None)
    report.show(table)


def _before(checkout: str, rounds: Rounds, count: int, report: Report) -> None:
    table = _table("The same, before and since the introduction of tracing", "µs", count, rounds)
    entrants = [own(name="before", PYTHONPATH=checkout), own(name="since, nothing measured")]
    results = rounds.of("before and since", entrants, _packets(count, ""), report)
    for entrant, times, most in zip(entrants, results, (None, 0.01), strict=True):
        _row(table, entrant.name, f"{median(times):.2f}", times, results[0], most)
    report.show(table)


def _frames(entrant: Contender, rounds: Rounds, count: int, report: Report) -> None:
    table = _table("CPU time of a 720p image through selfie segmentation", "ms", count, rounds)
    modes = ["", "trace", "statistics", "every call"]
    with tempfile.TemporaryDirectory() as folder:
        image = write_speed_images(Path(folder))[0]

        def block(mode: str) -> Block:
            return lambda worker: float(
                worker.ask("recolor_cpu_ms", graph=str(_GRAPH), image=image, count=count, measured=mode)
            )

        results = rounds.of_tasks("images", entrant, [block(mode) for mode in modes], report)
    for mode, times in zip(modes, results, strict=True):
        name, most = _MODES[mode]
        _row(table, name, f"{median(times):.2f}", times, results[0], most)
    report.show(table)


def _table(title: str, unit: str, count: int, rounds: Rounds) -> Table:
    return Table(
        title,
        ("", unit, "cost", "IQR", "required", "met"),
        f"{count:,} per block, all in turn, {rounds}; medians, of the cost round by round.",
    )


def _row(
    table: Table, name: str, value: str, slower: list[float], faster: list[float], most: float | None
) -> None:
    """Add a row; the cost is that of `slower` relative to `faster`, blank in the first row."""
    if slower is faster:
        table.add(name, value, "", "", "", "")
        return
    ratio, spread = ratios(slower, faster)
    low, high = (100 * (float(part) - 1) for part in spread.split("-"))
    required = "" if most is None else f"< {most:.0%}"
    met = "" if most is None else verdict(ratio - 1 < most)
    table.add(name, value, f"{100 * (ratio - 1):.1f} %", f"{low:.0f} to {high:.0f} %", required, met)


def _packets(count: int, mode: str) -> Block:
    return lambda worker: float(worker.ask("packet_cpu_us", nodes=_NODES, count=count, **_measured(mode)))


def _measured(mode: str) -> dict[str, str]:
    return {"measured": mode} if mode else {}


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--before", help="a checkout of an older mpgraph")
    parser.add_argument("--starts", type=int, default=5, help="processes per variant")
    parser.add_argument("--rounds", type=int, default=20, help="rounds per process")
    parser.add_argument("--count", type=int, default=5_000, help="packets per block")
    parser.add_argument("--frames", type=int, default=40, help="images per block")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
