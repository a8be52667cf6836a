"""Measure the cost of the framework itself, optionally compared with MediaPipe.

    python tools/bench/runtime.py [--peer-python PEER/bin/python] [--python OTHER/bin/python ...] [--markdown]

Int packets pass through chains of PassThrough nodes, fed and observed from Python: the throughput in packets
per second, and the round trip of a single packet.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median

from contender import PEER, Contender, own, peer
from report import Report, Table, verdict
from rounds import Block, Rounds, ratios

_CHAINS = {1: 4.0, 10: 3.0, 50: 2.0}
_ROUND_TRIP_NODES = 10


def main() -> None:
    """Measure and print both tables."""
    options = parse()
    entrants = [
        *([peer(options.peer_python)] if options.peer_python else []),
        *_interpreters([sys.executable, *options.python]),
    ]
    rounds = Rounds(options.starts, options.rounds)
    with Report(markdown=options.markdown) as report:
        _throughput(entrants, rounds, options.count, report)
        _round_trip(entrants, rounds, options.trips, report)


def _throughput(entrants: list[Contender], rounds: Rounds, count: int, report: Report) -> None:
    table = Table(
        "Int packets per second through PassThrough nodes",
        ("nodes", "library", "packets/s", f"times {PEER}'s", "IQR", "required", "met"),
        f"{count:,} packets per block, all in turn, {rounds}; medians, of the ratio round by round.",
    )
    for nodes, target in _CHAINS.items():
        block = _block("packets_per_second", nodes, count)
        results = rounds.of(f"packets through {nodes} nodes", entrants, block, report)
        for entrant, rates in zip(entrants, results, strict=True):
            row = [str(nodes), entrant.name, f"{median(rates):,.0f}"]
            if entrants[0].name == PEER and entrant is not entrants[0]:
                ratio, spread = ratios(rates, results[0])
                row += [f"{ratio:.2f}", spread, f"≥ {target:g}", verdict(ratio >= target)]
            table.add(*row, *[""] * (len(table.columns) - len(row)))
    report.show(table)


def _round_trip(entrants: list[Contender], rounds: Rounds, trips: int, report: Report) -> None:
    table = Table(
        f"Round trip of one packet through {_ROUND_TRIP_NODES} nodes: add, wait_until_idle",
        ("library", "µs", f"times {PEER}'s", "IQR", "required", "met"),
        f"{trips:,} trips per block, all in turn, {rounds}; medians, of the ratio round by round.",
    )
    results = rounds.of("round trip", entrants, _block("round_trip_us", _ROUND_TRIP_NODES, trips), report)
    for entrant, times in zip(entrants, results, strict=True):
        row = [entrant.name, f"{median(times):.0f}"]
        if entrants[0].name == PEER and entrant is not entrants[0]:
            ratio, spread = ratios(times, results[0])
            row += [f"{ratio:.2f}", spread, "≤ 1", verdict(ratio <= 1)]
        table.add(*row, *[""] * (len(table.columns) - len(row)))
    report.show(table)


def _block(task: str, nodes: int, count: int) -> Block:
    return lambda worker: float(worker.ask(task, nodes=nodes, count=count))


def _interpreters(pythons: list[str]) -> list[Contender]:
    if len(pythons) == 1:
        return [own()]
    named = []
    for python in pythons:
        with own(python).start() as worker:
            named.append((python, worker.ask("python_version")))
    return [own(python, name=f"mpgraph, Python {version}") for python, version in named]


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument(
        "--python", action="append", default=[], help="another interpreter to measure mpgraph in"
    )
    parser.add_argument("--starts", type=int, default=5, help="processes per library")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per process")
    parser.add_argument("--count", type=int, default=10_000, help="packets per block")
    parser.add_argument("--trips", type=int, default=1_000, help="round trips per block")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
