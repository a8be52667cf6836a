"""Change one number of a .tflite file, and run the result in a forked process: it must be refused or run.

    python tools/campaign/models.py MODEL.tflite... [--count N] [--seed N] [--backend NAME] [--keep FOLDER]

Only the description of the network is changed, not its weights: a byte, or an aligned word, gets a value that
is likely to be wrong. Prints how many files were refused, run, failed with an error, ended the process, or
took too long; the last two kinds are kept in FOLDER. The exit status is 1 if there are any.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import struct
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from mpgraph.errors import MpgraphError
from mpgraph.inference import create_runner, flatbuffer, load_model, schema
from mpgraph.inference.schema import BufferSlot, ModelSlot

LIMIT_S = 20
VALUES = (0, 1, 2, 3, 5, 255, 0x7FFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x40000000)


def positions(data: bytes) -> list[int]:
    """Return the bytes that describe the network: all but those of constants."""
    free = np.ones(len(data), bool)
    for buffer in flatbuffer.root(data, schema.FILE_IDENTIFIER).tables(ModelSlot.BUFFERS):
        at = buffer.target(BufferSlot.DATA)
        if at is not None:
            free[at + 4 : at + 4 + buffer.length(BufferSlot.DATA)] = False
    return [int(at) for at in np.flatnonzero(free)]


def mutated(data: bytes, where: list[int], choose: random.Random) -> tuple[bytes, str]:
    """Return a copy with one number changed, and what was changed."""
    copy = bytearray(data)
    at = choose.choice(where)
    if choose.random() < 0.5:
        copy[at] = choose.choice((copy[at] ^ 1 << choose.randrange(8), choose.randrange(256)))
        return bytes(copy), f"byte {at}: {data[at]} -> {copy[at]}"
    at = min(at & ~3, len(data) - 4)
    (old,) = struct.unpack_from("<I", data, at)
    new = choose.choice((*VALUES, (old + 1) & 0xFFFFFFFF, (old - 1) & 0xFFFFFFFF))
    struct.pack_into("<I", copy, at, new)
    return bytes(copy), f"word {at}: {old} -> {new}"


def outcome(data: bytes, backend: str) -> str:
    """Load and run a model in a forked process; return what happened."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            runner = create_runner(load_model(data, origin="mutated"), backend=backend)
            for index, spec in enumerate(runner.inputs):
                runner.input_view(index)[...] = np.zeros(spec.shape, spec.dtype)
            runner.run([runner.input_view(index) for index in range(len(runner.inputs))])
            code = 0
        except MpgraphError as error:
            code = 1 if "Failed to load TfLite model" in str(error) else 2
        except MemoryError:
            code = 2
        finally:
            os._exit(code)
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return {0: "run", 1: "refused", 2: "error", 3: "traceback"}.get(code, f"ended by {_name(-code)}")
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "too long"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def main() -> int:
    """Run the campaign over the given models."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--backend", default="litert")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    choose = random.Random(options.seed)
    files = [(path, path.read_bytes()) for path in options.models]
    where = {path: positions(data) for path, data in files}
    for _, data in files:  # Loads the backend before the forks.
        create_runner(load_model(data, origin="original"), backend=options.backend)
    counts: Counter[str] = Counter()
    for number in range(options.count):
        path, data = files[number % len(files)]
        changed, what = mutated(data, where[path], choose)
        result = outcome(changed, options.backend)
        counts[result] += 1
        if result not in ("run", "refused", "error"):
            print(f"{path.name}, {what}: {result}", flush=True)
            if options.keep is not None:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{path.stem}-{options.seed}-{number}.tflite").write_bytes(changed)
    print(", ".join(f"{result}: {count}" for result, count in counts.most_common()))
    return 0 if set(counts) <= {"run", "refused", "error"} else 1


if __name__ == "__main__":
    sys.exit(main())
