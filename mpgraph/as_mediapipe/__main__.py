"""`python -m mpgraph.as_mediapipe script.py [arguments]`: run a program that was written for MediaPipe."""

from __future__ import annotations

import os
import runpy
import sys

from mpgraph.as_mediapipe import SITE

USAGE = "usage: python -m mpgraph.as_mediapipe [-m module | script.py] [arguments]"


def main(arguments: list[str]) -> None:
    """Run a script, or with "-m" a module, as Python would, with mpgraph as its `mediapipe`."""
    is_module = arguments[:1] == ["-m"]
    program = arguments[is_module:]
    if not program or program[0].startswith("-"):
        raise SystemExit(USAGE)
    # Python programs that this one starts.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SITE), os.environ.get("PYTHONPATH")]))
    sys.argv = program
    if is_module:
        runpy.run_module(program[0], run_name="__main__", alter_sys=True)
    elif not os.path.exists(program[0]):
        raise SystemExit(f'There is no file "{program[0]}". {USAGE}')
    else:
        sys.path[0] = os.path.dirname(os.path.realpath(program[0]))
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
