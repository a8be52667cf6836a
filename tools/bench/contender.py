"""A library under measurement, and the worker process that runs it on request."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

CHECKOUT = Path(__file__).resolve().parents[2]
_WORKER = Path(__file__).with_name("worker.py")

PEER = "MediaPipe"


class WorkerError(RuntimeError):
    """A worker exited instead of answering; the message contains its standard error."""


@dataclass(frozen=True)
class Contender:
    """A library in one Python interpreter with one set of environment variables.

    name: its name in tables. library: the module to import. python: the interpreter.
    """

    name: str
    library: str
    python: str
    environment: dict[str, str] = field(default_factory=dict, hash=False)

    @contextmanager
    def start(self) -> Iterator[Worker]:
        """Start a process that imports the library; it ends with the context."""
        command = [self.python, str(_WORKER), self.library]
        with (
            tempfile.TemporaryFile("w+") as log,
            subprocess.Popen(
                command,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            ) as process,
        ):
            yield Worker(self.name, process, log)


class Worker:
    """A worker process of a contender."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: IO[str]) -> None:
        assert process.stdin is not None and process.stdout is not None
        self._name = name
        self._process = process
        self._requests, self._answers = process.stdin, process.stdout
        self._log = log

    def ask(self, task: str, **arguments: Any) -> Any:
        """Have the worker run a method of `tasks.Tasks` and return its result.

        Raises:
            WorkerError: the worker failed.
        """
        try:
            self._requests.write(json.dumps({"task": task, **arguments}) + "\n")
            self._requests.flush()
            answer = self._answers.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self._process.wait()
            self._log.seek(0)
            raise WorkerError(f"{self._name} failed at {task}:\n{self._log.read()}")
        return json.loads(answer)


def peer(python: str) -> Contender:
    """MediaPipe, in an interpreter that has it."""
    return Contender(PEER, "mediapipe", python)


def own(python: str = sys.executable, name: str = "mpgraph", **environment: str) -> Contender:
    """The mpgraph of this checkout."""
    return Contender(name, "mpgraph", python, {"PYTHONPATH": str(CHECKOUT), **environment})


def own_backends(pythons: list[str], **environment: str) -> list[Contender]:
    """The mpgraph of this checkout with each backend, in the first interpreter that has it."""
    found: dict[str, Contender] = {}
    for python in pythons:
        for name in _installed(python):
            if name not in found:
                found[name] = own(python, name, MPGRAPH_INFERENCE_BACKEND=name, **environment)
    return list(found.values())


def _installed(python: str) -> list[str]:
    code = "from mpgraph.inference import backends; print(*(b.name for b in backends() if b.available))"
    done = subprocess.run(
        [python, "-c", code],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()
