"""Measures each inference backend on the two selfie models.

    python tools/bench/inference.py [--python OTHER/bin/python ...] [--threads 1,2,4] [--runs 200]

Every row is measured in a process of its own, so that the first three columns are those of a starting
program: `load` is importing mpgraph.inference, reading, validating and rewriting the model; `create` is
importing the backend and loading the model; `first` is the first run. `run` is the median of the other runs
and `best` the shortest, each with a new input written to the backend's own memory before. `--side-by-side N`
adds the frames per second of N concurrent runners with one thread each. Other interpreters (`--python`) add
the backends that are installed there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
MODELS = {"general": "selfie_segmentation.tflite", "landscape": "selfie_segmentation_landscape.tflite"}
COLUMNS = ("load", "create", "first", "run", "best")


def main() -> int:
    """Parse the command line and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", action="append", default=[], help="another interpreter to measure in")
    parser.add_argument("--threads", default="1,2,4")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--side-by-side", type=int, default=0, metavar="N")
    parser.add_argument("--one", nargs=3, metavar=("BACKEND", "MODEL", "THREADS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        backend, model, threads = options.one
        print(json.dumps(measure(backend, model, int(threads), options.runs, options.side_by_side)))
        return 0
    print(
        "| backend | model | threads | " + " | ".join(f"{column} ms" for column in COLUMNS) + " | frames/s |"
    )
    print("|---|---|---|" + "---|" * (len(COLUMNS) + 1))
    for python in [sys.executable, *options.python]:
        for name, version in installed(python):
            for model in MODELS:
                for threads in options.threads.split(","):
                    row = run_child(python, [name, model, threads], options)
                    cells = [f"{name} {version}", model, threads, *(f"{row[key]:.2f}" for key in COLUMNS)]
                    if options.side_by_side:
                        cells.append(f"{row['frames_per_second']:.0f}")
                    print("| " + " | ".join(cells) + " |", flush=True)
    return 0


def installed(python: str) -> list[tuple[str, str]]:
    """The backends installed for the interpreter `python`, with their versions."""
    code = (
        "import json; from mpgraph.inference import backends;"
        "print(json.dumps([(b.name, b.version) for b in backends() if b.available]))"
    )
    done = subprocess.run(
        [python, "-c", code], env=child_environment(), capture_output=True, text=True, check=True
    )
    return [(name, version) for name, version in json.loads(done.stdout)]


def run_child(python: str, one: list[str], options: argparse.Namespace) -> dict[str, float]:
    """Measure one row in a fresh process, with a compile cache that is already filled."""
    command = [python, __file__, "--runs", str(options.runs), "--one", *one]
    row: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as cache:
        environment = child_environment() | {"XDG_CACHE_HOME": cache}
        for round_ in ("cold", "warm"):
            side = ["--side-by-side", str(options.side_by_side)] if round_ == "warm" else []
            done = subprocess.run(command + side, env=environment, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
            row = json.loads(done.stdout)
    return row


def child_environment() -> dict[str, str]:
    """The environment with this checkout in front of any installed mpgraph."""
    return {**os.environ, "PYTHONPATH": str(CHECKOUT)}


def measure(backend: str, model_name: str, threads: int, runs: int, side_by_side: int) -> dict[str, float]:
    """Return the columns of one row; times in ms."""
    import numpy as np

    times = [time.perf_counter()]
    from mpgraph.inference import create_runner, load_model, lower

    file = CHECKOUT / "models" / MODELS[model_name]
    model = load_model(file.read_bytes(), origin=file.name)
    lower(model)
    times.append(time.perf_counter())
    runner = create_runner(model, backend=backend, num_threads=threads)
    times.append(time.perf_counter())
    view = runner.input_view(0)
    image = np.random.default_rng(0).random(view.shape, np.float32)
    view[:] = image
    started = time.perf_counter()
    runner.run([view])
    first = time.perf_counter() - started
    rest = []
    for _ in range(runs):
        view[:] = image
        started = time.perf_counter()
        runner.run([view])
        rest.append(time.perf_counter() - started)
    runner.close()
    rate = 0.0
    if side_by_side:
        runners = [create_runner(model, backend=backend, num_threads=1) for _ in range(side_by_side)]
        started = time.perf_counter()
        with ThreadPoolExecutor(side_by_side) as pool:
            list(pool.map(lambda each: [each.run([each.input_view(0)]) for _ in range(runs)], runners))
        rate = side_by_side * runs / (time.perf_counter() - started)
    milliseconds = {
        "load": times[1] - times[0],
        "create": times[2] - times[1],
        "first": first,
        "run": statistics.median(rest),
        "best": min(rest),
    }
    return {name: 1000 * value for name, value in milliseconds.items()} | {"frames_per_second": rate}


if __name__ == "__main__":
    raise SystemExit(main())
