"""Supervising the processes that try inputs: one that crashes or hangs is noted, and the next goes on."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from forked import ended
from memory_growth import Sample, percent_an_hour
from part import CRASH, FINE, HANG, Outcome
from results import PartResult

RUN_PY = Path(__file__).resolve().parent / "run.py"
START_S = 120.0
STARVED = 3
"""How many times as long an input may take as it may compute: on a busy machine it mostly waits."""
SETTLED_INPUTS = 100
"""Memory of fewer inputs in a process is that of caches."""


class Machine(NamedTuple):
    """What the parts are told about the machine; see Settings."""

    peer_python: str = ""
    patience: float = 1.0


class Trials:
    """A process that tries the inputs of a part from a number on."""

    def __init__(self, name: str, seed: int, machine: Machine, folder: str, *arguments: str) -> None:
        command = [sys.executable, str(RUN_PY), "--part", name, "--seed", str(seed), "--folder", folder]
        command += ["--patience", str(machine.patience), "--peer-python", machine.peer_python]
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the process
        self._process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            start_new_session=True,
            env={**os.environ, "XDG_CACHE_HOME": folder},
        )
        self._received = b""
        self.limit_s = START_S * machine.patience

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what the process says until it ends.

        Raises:
            TimeoutError: since its last line it has computed for `limit_s`, or lived for three times as long.
        """
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while True:
            *complete, self._received = self._received.split(b"\n")
            for line in complete:
                yield json.loads(line)
            self._await(pipe)
            more = os.read(pipe, 1 << 16)
            if not more:
                return
            self._received += more

    def _await(self, pipe: int) -> None:
        begun, before = time.monotonic(), processor_s(self._process.pid)
        left = self.limit_s
        while not select.select([pipe], [], [], left)[0]:
            computed = processor_s(self._process.pid) - before
            if computed >= self.limit_s or time.monotonic() - begun >= STARVED * self.limit_s:
                raise TimeoutError
            left = max(self.limit_s - computed, 0.1)

    def end(self) -> str:
        """End the process and those that it started; say how it ended, "" if well."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip().splitlines()[-3:]
        self.errors.close()
        return "" if code == 0 else " | ".join([ended(code), *said])


def processor_s(process: int) -> float:
    """Return how long a process, and its children that have ended, have computed; 0 if it has ended."""
    try:
        fields = (
            Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
        )
    except OSError:
        return 0.0
    return sum(map(int, fields.split()[11:15])) / os.sysconf("SC_CLK_TCK")


def try_part(
    name: str, seed: int, result: PartResult, count: int, seconds: float, machine: Machine
) -> Iterator[Outcome]:
    """Try inputs until `count` or `seconds` are over; yield each finding, after noting it in `result`."""
    start = time.monotonic()
    last = result.next + count
    before = result.seconds
    while result.next < last and (left := seconds - (time.monotonic() - start)) > 0:
        with tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True) as folder:
            goal = ("--first", str(result.next), "--count", str(last - result.next), "--seconds", str(left))
            yield from _follow(Trials(name, seed, machine, folder, *goal), result)
        result.seconds = before + time.monotonic() - start
        if result.findings and result.findings[-1].get("fatal"):
            return


def _follow(trials: Trials, result: PartResult) -> Iterator[Outcome]:
    ready = False
    running: int | None = None
    held: list[dict[str, Any]] = []
    trouble: Outcome | None = None
    try:
        for line in trials.lines():
            if "ready" in line:
                ready = True
            elif "begin" in line:
                running, trials.limit_s = line["begin"], line["limit"]
            elif "end" in line:
                running, result.next = None, line["end"] + 1
                yield from _noted(result, line["end"], Outcome(line["kind"], line["detail"]))
            else:
                held.append(line)
    except TimeoutError:
        trouble = Outcome(HANG, f"took more than {trials.limit_s:g} s")
        os.killpg(trials._process.pid, signal.SIGKILL)
    how = trials.end()
    if trouble is None and how:
        trouble = Outcome(CRASH, how)
    _measure(held, result)
    if trouble is not None:
        number = running if running is not None else result.next
        result.next = number + 1
        yield from _noted(result, number, trouble)
        if not ready:
            result.findings[-1]["fatal"] = True


def _noted(result: PartResult, number: int, outcome: Outcome) -> Iterator[Outcome]:
    result.add(outcome.kind)
    if outcome.kind not in FINE:
        result.findings.append({"number": number, "kind": outcome.kind, "detail": outcome.detail})
        yield outcome


def _measure(held: list[dict[str, Any]], result: PartResult) -> None:
    if len(held) < 2:
        return
    first, last = held[len(held) // 2], held[-1]
    if last["number"] - first["number"] >= SETTLED_INPUTS:
        result.slopes.append((last["number"] - first["number"], last["memory"] - first["memory"]))
    growth = percent_an_hour([Sample(line["time"], line["memory"]) for line in held])
    if growth is not None:
        result.growth.append(growth)
    settled = held[len(held) // 4]
    result.threads = max(result.threads, last["threads"] - settled["threads"])
    result.files = max(result.files, last["files"] - settled["files"])


def write_reproducer(name: str, seed: int, finding: dict[str, Any], folder: Path, machine: Machine) -> None:
    """Write the input of a finding into a folder, as small as it gets, and note the file's name."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True) as private:
        arguments = ("--reproduce", str(finding["number"]), "--kind", finding["kind"], "--into", str(folder))
        trials = Trials(name, seed, machine, private, *arguments)
        with contextlib.suppress(TimeoutError):
            for line in trials.lines():
                finding["file"] = Path(line["file"]).name if "file" in line else finding.get("file", "")
        trials.end()
