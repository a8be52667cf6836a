"""Measures selfie segmentation, beside MediaPipe where an interpreter that has it is given.

    python tools/bench/selfie.py [--peer-python PEER/bin/python] [--python OTHER/bin/python ...] [--markdown]
                                 [--only accuracy,speed,overhead,start,memory]

`accuracy` compares masks and recoloured pictures with MediaPipe's, `speed` the time of frames,
`overhead` what the graph costs above its bare steps, `start` import, first frame and peak memory,
`memory` its growth over many frames. Each inference backend that this Python or one of `--python` has
takes part.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import accuracy
import footprint
import speed
from contender import own_backends, peer
from pictures import write_speed_pictures
from report import Report
from rounds import Rounds

SECTIONS = ("accuracy", "speed", "overhead", "start", "memory")


def main() -> None:
    """Run the sections that were asked for."""
    options = parse()
    only = options.only.split(",")
    if unknown := set(only) - set(SECTIONS):
        raise SystemExit(f"Unknown section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}.")
    with tempfile.TemporaryDirectory() as name, Report(markdown=options.markdown) as report:
        folder = Path(name)
        contenders = own_backends([sys.executable, *options.python], XDG_CACHE_HOME=str(folder / "cache"))
        rival = peer(options.peer_python) if options.peer_python else None
        everyone = [*([rival] if rival else []), *contenders]
        rounds = Rounds(options.starts, options.rounds)
        frames = write_speed_pictures(folder)
        if "accuracy" in only and rival:
            accuracy.compare(rival, contenders, folder, report)
        if "speed" in only:
            speed.compare(rival, contenders, frames, rounds, options.block, report)
        if "overhead" in only:
            speed.measure_overhead(contenders, frames, rounds, options.block, report)
        if "start" in only:
            footprint.measure_start(everyone, frames[0], options.starts, folder, report)
        if "memory" in only:
            footprint.measure_growth(everyone, frames, options.frames, report)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument("--python", action="append", default=[], help="another one, for its backend")
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, separated by commas")
    parser.add_argument("--starts", type=int, default=7, help="processes of each kind")
    parser.add_argument("--rounds", type=int, default=10, help="rounds with each, of speed and overhead")
    parser.add_argument("--block", type=int, default=20, help="frames a round")
    parser.add_argument("--frames", type=int, default=10_000, help="frames of the memory section")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
