"""Measures what it costs to trace a graph, to watch it, and to do neither.

    python tools/bench/tracing.py [--peer-python PEER/bin/python] [--before CHECKOUT] [--markdown]

One process runs the same graph with and without, in turn. Processor time is compared, of all threads, since
other work on the machine disturbs it less. `--before` is a checkout of an older mpgraph, to
compare a graph that is not traced with one that could not be.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

from contender import CHECKOUT, PEER, Contender, own, peer
from pictures import write_speed_pictures
from report import Report, Table, verdict
from rounds import Block, Rounds, ratios

_NODES = 10
_GRAPH = CHECKOUT / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"
_KINDS = {
    "": ("nothing measured", None),
    "after": ("traced before, not any more", 0.01),
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
    table = _table(f"Processor time of an int packet through {_NODES} PassThrough nodes", "µs", count, rounds)
    results = rounds.of_tasks("a chain", entrant, [_packets(count, kind) for kind in _KINDS], report)
    for (name, most), times in zip(_KINDS.values(), results, strict=True):
        _row(table, name, f"{median(times):.2f}", times, results[0], most)
    report.show(table)


def _peers_log(entrant: Contender, rounds: Rounds, count: int, report: Report) -> None:
    table = _table(f"The same in {PEER}", "µs", count, rounds)
    results = rounds.of_tasks(
        PEER, entrant, [_packets(count, kind) for kind in ("", "log", "profiler")], report
    )
    for kind, times in zip(("", "log", "profiler"), results, strict=True):
        _row(table, _KINDS[kind][0], f"{median(times):.2f}", times, results[0], None)
    report.show(table)


def _before(checkout: str, rounds: Rounds, count: int, report: Report) -> None:
    table = _table("The same, before graphs could be traced and since", "µs", count, rounds)
    entrants = [own(name="before", PYTHONPATH=checkout), own(name="since, nothing measured")]
    results = rounds.of("before and since", entrants, _packets(count, ""), report)
    for entrant, times, most in zip(entrants, results, (None, 0.01), strict=True):
        _row(table, entrant.name, f"{median(times):.2f}", times, results[0], most)
    report.show(table)


def _frames(entrant: Contender, rounds: Rounds, count: int, report: Report) -> None:
    table = _table("Processor time of a 720p picture through selfie segmentation", "ms", count, rounds)
    kinds = ["", "trace", "statistics", "every call"]
    with tempfile.TemporaryDirectory() as folder:
        picture = write_speed_pictures(Path(folder))[0]

        def block(kind: str) -> Block:
            return lambda worker: float(
                worker.ask("recolor_cpu_ms", graph=str(_GRAPH), picture=picture, count=count, measured=kind)
            )

        results = rounds.of_tasks("pictures", entrant, [block(kind) for kind in kinds], report)
    for kind, times in zip(kinds, results, strict=True):
        name, most = _KINDS[kind]
        _row(table, name, f"{median(times):.2f}", times, results[0], most)
    report.show(table)


def _table(title: str, unit: str, count: int, rounds: Rounds) -> Table:
    return Table(
        title,
        ("", unit, "costs", "middle half", "required", "met"),
        f"{count:,} a block, all in turn, {rounds}; medians, the cost round by round.",
    )


def _row(
    table: Table, name: str, value: str, slower: list[float], quicker: list[float], most: float | None
) -> None:
    """One line; the cost is how much `slower` is above `quicker`, 0 in the first line."""
    if slower is quicker:
        table.add(name, value, "", "", "", "")
        return
    ratio, spread = ratios(slower, quicker)
    low, high = (100 * (float(part) - 1) for part in spread.split("-"))
    required = "" if most is None else f"< {most:.0%}"
    met = "" if most is None else verdict(ratio - 1 < most)
    table.add(name, value, f"{100 * (ratio - 1):.1f} %", f"{low:.0f} to {high:.0f} %", required, met)


def _packets(count: int, kind: str) -> Block:
    return lambda worker: float(worker.ask("packet_cpu_us", nodes=_NODES, count=count, **_measured(kind)))


def _measured(kind: str) -> dict[str, str]:
    return {"measured": kind} if kind else {}


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--before", help="a checkout of an older mpgraph")
    parser.add_argument("--starts", type=int, default=5, help="processes of each kind")
    parser.add_argument("--rounds", type=int, default=20, help="rounds with each")
    parser.add_argument("--count", type=int, default=5_000, help="packets a block")
    parser.add_argument("--frames", type=int, default=40, help="pictures a block")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
