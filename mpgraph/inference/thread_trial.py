"""Whether a model computes faster with several threads here, found out by a trial and remembered.

Counting cores does not tell: on two cores, two threads made the same small models 1.5 times as fast on one
machine and slower on another. The trial takes about a tenth of a second; its result goes to the user's
cache, by model, backend and machine. One thread that was best beside other work may not be best without it,
so such a trial is repeated then.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from mpgraph.inference import blob_cache
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import InferenceRunner

WORTH_IT = 0.8
"""What part of one thread's time several may take at most, since they keep cores from other work."""

_BUSY = 0.5
"""From which load of the machine on, in cores, other work may have decided a trial."""

# A small model runs often in a moment; a large one as often as a median needs, unless that takes long.
_RUNS = 24
_FEWEST_RUNS, _LIMIT_S, _LONGEST_S = 6, 0.05, 0.25


@dataclass(frozen=True)
class ThreadTrial:
    """How long one run of a model took in seconds, at best, with one thread and with `many` threads.

    ratio: of the median time with many to that with one. What is best once may be chance, where other work
    interrupts either of them. load: of the machine in the minute before, in cores; 0 on Windows.
    """

    backend: str
    origin: str
    many: int
    one_s: float
    many_s: float
    ratio: float
    load: float

    @property
    def threads(self) -> int:
        """The number of threads to use."""
        return self.many if max(self.ratio, self.many_s / self.one_s) <= WORTH_IT else 1


_known: dict[str, ThreadTrial] = {}
_ignores_cache = False


def all_known() -> Sequence[ThreadTrial]:
    """The trials that this process has made or looked up."""
    return list(_known.values())


def ignore_cache() -> None:
    """Have this process make every trial again, and replace the results in the cache."""
    global _ignores_cache
    _ignores_cache = True
    _known.clear()


def known(backend: str, package: str, model: TfliteModel, many: int) -> ThreadTrial | None:
    """The result of an earlier trial on this machine, None if there was none, or if it should be repeated.

    package: the backend's module, whose version counts. many: the number of threads to compare with one.
    """
    key = _key(backend, package, model, many)
    if key not in _known and not _ignores_cache and (stored := blob_cache.load("threads", key)) is not None:
        with contextlib.suppress(ValueError, TypeError):  # Of another version of mpgraph.
            _known[key] = ThreadTrial(**json.loads(stored))
    trial = _known.get(key)
    return None if trial is not None and _should_be_repeated(trial) else trial


def _should_be_repeated(trial: ThreadTrial) -> bool:
    return trial.threads == 1 and trial.load >= _BUSY > _load()


def _load() -> float:
    return os.getloadavg()[0] if sys.platform != "win32" else 0.0


def make(package: str, model: TfliteModel, one: InferenceRunner, several: InferenceRunner) -> ThreadTrial:
    """Run a model with one thread, then with several, remember the result and return it."""
    first, second = _times(one), _times(several)
    trial = ThreadTrial(
        one.backend,
        model.origin,
        many=several.num_threads,
        one_s=min(first),
        many_s=min(second),
        ratio=sorted(second)[len(second) // 2] / sorted(first)[len(first) // 2],
        load=_load(),
    )
    key = _key(one.backend, package, model, several.num_threads)
    _known[key] = trial
    blob_cache.store("threads", key, json.dumps(asdict(trial)).encode())
    return trial


def _times(runner: InferenceRunner) -> list[float]:
    """The seconds that runs take, one after the other, when the threads have found their cores.

    Taking turns with another runner's, the system would not move them to cores of their own.
    """
    times: list[float] = []
    start = time.perf_counter()
    while len(times) < _RUNS:
        times.append(_seconds(runner))
        spent = time.perf_counter() - start
        if spent > (_LIMIT_S if len(times) >= _FEWEST_RUNS else _LONGEST_S):
            break
    return times[len(times) // 2 :]


def _seconds(runner: InferenceRunner) -> float:
    inputs = [runner.input_view(index) for index in range(len(runner.inputs))]
    for array in inputs:
        array.fill(0)
    start = time.perf_counter()
    runner.run(inputs)
    return time.perf_counter() - start


def _key(backend: str, package: str, model: TfliteModel, many: int) -> str:
    parts = (backend, installed(package), model.sha256, many, _processor())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@functools.cache
def installed(package: str) -> int:
    """What changes when a package is updated; looking up its version would take 8 ms."""
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return 0
    file = Path(spec.origin)
    return (file if file.exists() else Path(sys.executable)).stat().st_mtime_ns  # The latter if frozen.


@functools.cache
def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            head = file.read(2_000).splitlines()
        return next(line for line in head if line.startswith(("model name", "CPU part")))
    except (OSError, StopIteration):
        return f"{platform.system()} {platform.machine()} {platform.processor()}"
