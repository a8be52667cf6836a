"""Build wheels whose hottest modules are compiled by mypyc, one for each interpreter, and test them.

    python tools/compiled_wheels.py --out dist [--python python3.12 ...] [--tests tests/runtime ...]

Needs a C compiler and the interpreters' headers. A wheel is for one version of Python on one platform; the
pure wheel (`python -m hatchling build`) does the same anywhere, at half the speed. With --tests, each wheel
is installed beside the packages of its interpreter, which must have the test extra, and tested.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

_IS_COMPILED = "import sys; from mpgraph.runtime import scheduler as s; sys.exit(s.__file__.endswith('.py'))"
# The checkout comes last: for tests that other processes import, not for mpgraph.
_TEST = "import os, sys, pytest; sys.path.append(os.getcwd()); sys.exit(pytest.main(sys.argv[1:]))"


def main() -> int:
    """Build a wheel for each interpreter; the exit status is 1 if the tests of any fail."""
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    failed = []
    for python in options.python or [sys.executable]:
        wheel = build(python, options.out)
        print(wheel, flush=True)
        if options.tests and not passes(python, wheel, options.tests):
            failed.append(wheel.name)
    if failed:
        print("Tests failed on: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def build(python: str, out: Path) -> Path:
    """Build the wheel for an interpreter and return its path in `out`."""
    with tempfile.TemporaryDirectory() as folder:
        # pip builds in a separate environment, with what hatch_build.py asks for.
        subprocess.run(
            [python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, str(CHECKOUT)],
            env={**os.environ, "MPGRAPH_COMPILE": "1"},
            check=True,
        )
        (wheel,) = Path(folder).glob("*.whl")
        return Path(shutil.move(wheel, out / wheel.name))


def passes(python: str, wheel: Path, tests: list[str]) -> bool:
    """Whether tests pass on a wheel, in an environment that has the interpreter's packages below it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        own = Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"
        pip = [str(own), "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, str(wheel)], check=True)
        # A .pth file puts its folder behind the wheel's, and leaves out what an editable mpgraph adds there.
        Path(_packages(str(own)), "below.pth").write_text(_packages(python))
        # -I: import mpgraph from the wheel, not from the checkout, which is the working directory.
        tested = [
            str(own),
            "-I",
            "-c",
            _TEST,
            *tests,
        ]
        return subprocess.run(tested, cwd=CHECKOUT).returncode == 0


def _packages(python: str) -> str:
    """The folder of an interpreter's packages."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the wheels")
    parser.add_argument("--python", action="append", help="an interpreter; this one if not given")
    parser.add_argument("--tests", nargs="+", help="tests to run on each wheel")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
