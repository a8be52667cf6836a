"""Measure selfie segmentation, optionally compared with MediaPipe.

    python tools/bench/selfie.py [--peer-python PEER/bin/python] [--python OTHER/bin/python ...] [--markdown]
                                 [--only accuracy,speed,overhead,start,memory]

`accuracy` compares masks and recoloured images with MediaPipe's; `speed` measures the time per frame,
`overhead` that of the graph over its bare steps, `start` import, first frame and peak memory, and `memory`
the growth over many frames. Each inference backend that this Python or one of `--python` has is measured.
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
from images import write_speed_images
from report import Report
from rounds import Rounds

SECTIONS = ("accuracy", "speed", "overhead", "start", "memory")


def main() -> None:
    """Run the requested sections."""
    options = parse()
    only = options.only.split(",")
    if unknown := set(only) - set(SECTIONS):
        raise SystemExit(f"Unknown section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}.")
    with tempfile.TemporaryDirectory() as name, Report(markdown=options.markdown) as report:
        folder = Path(name)
        contenders = own_backends([sys.executable, *options.python], XDG_CACHE_HOME=str(folder / "cache"))
        mediapipe = peer(options.peer_python) if options.peer_python else None
        all_contenders = [*([mediapipe] if mediapipe else []), *contenders]
        rounds = Rounds(options.starts, options.rounds)
        frames = write_speed_images(folder)
        if "accuracy" in only and mediapipe:
            accuracy.compare(mediapipe, contenders, folder, report)
        if "speed" in only:
            speed.compare(mediapipe, contenders, frames, rounds, options.block, report)
        if "overhead" in only:
            speed.measure_overhead(contenders, frames, rounds, options.block, report)
        if "start" in only:
            footprint.measure_start(all_contenders, frames[0], options.starts, folder, report)
        if "memory" in only:
            footprint.measure_growth(all_contenders, frames, options.frames, report)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer-python", help="an interpreter with MediaPipe 0.10.21")
    parser.add_argument(
        "--python", action="append", default=[], help="another interpreter, for its inference backends"
    )
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, separated by commas")
    parser.add_argument("--starts", type=int, default=7, help="processes per library")
    parser.add_argument("--rounds", type=int, default=10, help="rounds per process, for speed and overhead")
    parser.add_argument("--block", type=int, default=20, help="frames per round")
    parser.add_argument("--frames", type=int, default=10_000, help="frames of the memory section")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()
