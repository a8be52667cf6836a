"""The process that tries the inputs of one part, one after another, and says what it does line by line."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from part import FINE, TRACEBACK, Outcome, Part, Settings, described, number_source, send

PARTS = Path(__file__).resolve().parent / "parts"
MEASURE_S = 0.5


def load(name: str, settings: Settings) -> Part[Any]:
    """Create a part: `parts/NAME.py` has a class for it, and takes what follows a colon."""
    module, _, variant = name.partition(":")
    found = importlib.import_module(f"parts.{module}").create
    part: Part[Any] = found(settings, variant) if variant else found(settings)
    return part


def tried(part: Part[Any], given: Any) -> Outcome:
    """Try an input; an exception is an outcome."""
    try:
        return part.run(given)
    except Exception as error:
        return Outcome(TRACEBACK, described(error))


def try_all(name: str, seed: int, first: int, count: int, seconds: float, settings: Settings) -> None:
    """Try inputs until `count` or `seconds` are over."""
    warnings.simplefilter("ignore")
    part = load(name, settings)
    send(ready=True)
    end = time.monotonic() + seconds
    measured = 0.0
    number = first
    while number < first + count and (time.monotonic() < end or number == first):
        given = part.make(number_source(seed, name, number))
        send(begin=number, limit=part.patient(part.limit_s))
        outcome = tried(part, given)
        send(end=number, kind=outcome.kind, detail=outcome.detail)
        number += 1
        if number <= first + 2 or time.monotonic() > measured + MEASURE_S:
            measured = time.monotonic()
            send(number=number, time=time.monotonic(), **resources_held())
    send(number=number, time=time.monotonic(), **resources_held())
    part.close()


def resources_held() -> dict[str, int]:
    """Return the memory in kB, threads and open files of this process.

    The memory is its own: pages of mapped files come and go with what the machine does otherwise.
    """
    resident, shared = map(int, Path("/proc/self/statm").read_text().split()[1:3])
    return {
        "memory": (resident - shared) * os.sysconf("SC_PAGE_SIZE") // 1024,
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),
    }


def reproduce(name: str, seed: int, number: int, folder: Path, wanted: str, settings: Settings) -> None:
    """Write the input of a number into `folder`, as small as it gets with the same kind of outcome.

    An input that ends the process is tried in a fork; the first candidates are written before they are tried,
    so that a reproducer exists in any case.
    """
    part = load(name, settings)
    given = part.make(number_source(seed, name, number))
    suffix, content = part.content(given)
    file = folder / f"{name.replace(':', '-')}-{seed}-{number}{suffix}"
    file.write_bytes(content)
    send(file=str(file))
    end = time.monotonic() + 60
    shrunk = True
    while shrunk and time.monotonic() < end:
        shrunk = False
        for candidate in part.smaller(given):
            if _outcome_in_fork(part, candidate) == wanted:
                given, shrunk = candidate, True
                file.write_bytes(part.content(given)[1])
                break
            if time.monotonic() > end:
                break
    part.close()


def _outcome_in_fork(part: Part[Any], given: Any) -> str:
    from forked import outcome_of

    return outcome_of(lambda: tried(part, given), part.patient(min(part.limit_s, 10))).kind


if __name__ == "__main__":
    sys.exit(f"start run.py instead; kinds of outcomes that are fine: {FINE}")
