"""Measure how the cost of a graph grows with its nodes, their inputs and the length of a run.

    python tools/bench/growth.py [--peer-python PEER/bin/python] [--markdown] [--hour-only]

Everything is CPU time of all threads, which other load on the machine affects least. Linear means: the cost a
node, a packet or a frame stays the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from statistics import median

from contender import PEER, Contender, own, peer
from report import Report, Table, verdict
from rounds import Block, Rounds

_NODES = (1, 10, 100, 1_000, 10_000)
_INPUTS = (1, 2, 4, 8, 16, 32, 64)
_SECONDS, _RATE, _HOUR_NODES = 3_600, 30, 10
_TENFOLD = 21
"""At most 2.5 times the time for twice the nodes, for as many doublings as ten times have."""
_GROWTH_MB = 1.0


def main() -> None:
    """Print the tables."""
    options = parse()
    entrants = [*([peer(options.peer_python)] if options.peer_python else []), own()]
    rounds = Rounds(options.starts, options.rounds)
    with Report(markdown=options.markdown) as report:
        if not options.hour_only:
            _nodes(entrants, rounds, report)
            _inputs(entrants, rounds, report)
        _hour(entrants, report)


def _nodes(entrants: Sequence[Contender], rounds: Rounds, report: Report) -> None:
    table = Table(
        "Nodes: building and starting a chain, and a packet through it",
        ("nodes", "library", "build ms", "µs a node", f"times {PEER}'s", "linear", "packet µs", "µs a node"),
        f"CPU time, {rounds}; medians. Linear: ten times the nodes take at most {_TENFOLD} times as long."
        " Packets cost more where the nodes do not fit into the processor's caches.",
    )
    costs: dict[str, float] = {}
    for nodes in _NODES:
        packets = max(20, 20_000 // nodes)
        built = rounds.of(f"building {nodes} nodes", entrants, _block("build_cpu_ms", nodes=nodes), report)
        passed = rounds.of(
            f"{nodes} nodes", entrants, _block("packet_cpu_us", nodes=nodes, count=packets), report
        )
        theirs = median(built[0])
        for entrant, build, packet in zip(entrants, built, passed, strict=True):
            ms, us = median(build), median(packet)
            before, costs[entrant.name] = costs.get(entrant.name, 0.0), ms
            linear = verdict(ms <= _TENFOLD * before) if before else ""
            ratio = f"{ms / theirs:.2f}" if entrants[0].name == PEER and entrant is not entrants[0] else ""
            table.add(
                *(f"{nodes:,}", entrant.name, f"{ms:.1f}", f"{1e3 * ms / nodes:.0f}", ratio, linear),
                *(f"{us:,.1f}", f"{us / nodes:.2f}"),
            )
    report.show(table)


def _inputs(entrants: Sequence[Contender], rounds: Rounds, report: Report) -> None:
    table = Table(
        "Inputs: a packet into one node with so many synchronized input streams",
        ("inputs", *(f"{entrant.name}: µs a packet" for entrant in entrants)),
        f"CPU time a packet of one stream, {rounds}; medians. Linear: it does not grow.",
    )
    for inputs in _INPUTS:
        block = _block("inputs_cpu_us", inputs=inputs, count=max(50, 2_000 // inputs))
        found = rounds.of(f"{inputs} inputs", entrants, block, report)
        table.add(inputs, *(f"{median(times):.1f}" for times in found))
    report.show(table)


def _hour(entrants: Sequence[Contender], report: Report) -> None:
    table = Table(
        f"An hour of frames ({_SECONDS * _RATE:,}) through {_HOUR_NODES} nodes, as fast as they pass",
        ("library", "µs a frame, first tenth", "the rest", "MB after a tenth", "at the end", "flat"),
        f"Images of 64x48. Flat: less than {_GROWTH_MB:g} MB more at the end.",
    )
    report.begin("an hour", len(entrants))
    for entrant in entrants:
        with entrant.start() as worker:
            found = worker.ask("hour", nodes=_HOUR_NODES, seconds=_SECONDS, rate=_RATE)
        flat = found["later_mb"] - found["first_mb"] < _GROWTH_MB
        table.add(
            *(entrant.name, f"{found['first_us']:.1f}", f"{found['later_us']:.1f}"),
            *(f"{found['first_mb']:.1f}", f"{found['later_mb']:.1f}", verdict(flat)),
        )
        report.step()
    report.show(table)


def _block(task: str, **arguments: int) -> Block:
    return lambda worker: float(worker.ask(task, **arguments))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--starts", type=int, default=1, help="processes per library")
    parser.add_argument("--rounds", type=int, default=3, help="rounds per process")
    parser.add_argument("--hour-only", action="store_true", help="leave the other tables out")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
