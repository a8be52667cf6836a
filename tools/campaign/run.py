"""The campaign: damaged, hostile and random inputs, interrupted commands and long runs, for some minutes.

    python tools/campaign/run.py --minutes 10 [--parts recordings traces ...] [--resume STATE] [--out FOLDER]

Each part gets an equal share of the time, in a process of its own; after one that crashes or hangs, another
goes on with the next input. Inputs follow from the seed, the part and a number, so that they can be made
again. FOLDER gets `state.json` (also after Ctrl-C), from which `--resume` goes on with new inputs, `table.md`
and the reproducers of what was found, as small as they get. The exit status is 1 if anything was found.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from part import Settings
from results import PartResult, Results
from supervision import Machine, try_part, write_reproducer
from trials import reproduce, try_all

PARTS = (
    *("texts", "configs", "binary_graphs", "recordings", "traces", "damaged_images", "damaged_videos"),
    *("models:litert", "models:openvino", "models:webgpu"),
    *("against_reference:1", "against_reference:2", "against_reference:8"),
    *("signals:selfie", "signals:run", "disk_full", "kills"),
    *("endurance:frames", "endurance:sizes", "endurance:lives"),
)
REPRODUCERS = 10
"""Of each part; more are of the same kinds, mostly."""


def main() -> int:
    """Run the campaign, or, as one of its processes, a part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--parts", nargs="+", default=PARTS, metavar="PART")
    parser.add_argument("--count", type=int, default=1 << 60, help="inputs of each part, at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", type=Path, metavar="STATE")
    parser.add_argument("--out", type=Path, default=Path("campaign"))
    parser.add_argument("--patience", type=float, default=1, help="factor of time limits, for a busy machine")
    parser.add_argument("--peer-python", default="", help="has mediapipe 0.10.21; for the part texts")
    for option in ("--part", "--folder", "--first", "--seconds", "--reproduce", "--kind", "--into"):
        parser.add_argument(option, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part is None:
        for name in options.parts:
            if find_spec(f"parts.{name.partition(':')[0]}") is None:
                parser.error(f"there is no part {name}; there are {', '.join(PARTS)}")
        return _all_parts(options)
    settings = Settings(Path(options.folder), options.peer_python, options.patience)
    if options.reproduce is not None:
        folder = Path(options.into)
        reproduce(options.part, options.seed, int(options.reproduce), folder, options.kind, settings)
    else:
        first, seconds = int(options.first), float(options.seconds)
        try_all(options.part, options.seed, first, options.count, seconds, settings)
    sys.stdout.flush()
    os._exit(0)  # What an exit of the interpreter does to threads is the affair of the signal parts.


def _all_parts(options: argparse.Namespace) -> int:
    results = Results.load(options.resume) if options.resume else Results(options.seed)
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    machine = Machine(options.peer_python, options.patience)
    share = 60 * options.minutes / len(options.parts)
    try:
        for name in options.parts:
            result = results.parts.setdefault(name, PartResult())
            known = len(result.findings)
            for outcome in try_part(name, results.seed, result, options.count, share, machine):
                print(f"{name}: {outcome.kind}: {outcome.detail}", flush=True)
                results.save(folder / "state.json")
            for finding in result.findings[known:][:REPRODUCERS]:
                write_reproducer(name, results.seed, finding, folder / "reproducers", machine)
            results.save(folder / "state.json")
            leaks = "".join(f", {leak}" for leak in result.leaks())
            print(f"{name}: {result.next} inputs, {len(result.findings)} findings{leaks}", flush=True)
    except KeyboardInterrupt:
        print(f"interrupted; go on with --resume {folder / 'state.json'}")
    results.save(folder / "state.json")
    (folder / "table.md").write_text(results.table() + "\n", encoding="utf-8")
    print(results.table())
    return 1 if results.found() else 0


if __name__ == "__main__":
    sys.exit(main())
