"""Trying an unknown model in a separate process before this one runs it.

The backends are native libraries: what a damaged or hostile model makes them do, no exception reports. So a
model that is not known is loaded and run once, with zeros, in a child process; if that ends by a signal, does
not end or takes too much, this process refuses the model. The verdict is remembered in the user's cache.
Models that ship with mpgraph are known by their hash and never tried. Programs frozen by PyInstaller have no
interpreter to start, and try nothing.

What it may cost is limited, too: memory, as the parent sees it; processor time, which other work on the
machine does not change; and time, for what waits for ever.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from mpgraph.errors import InferenceError, InvalidArgumentError
from mpgraph.framework import resources
from mpgraph.framework.model_trust import TRY_VARIABLE, are_models_tried
from mpgraph.inference import blob_cache
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.thread_trial import installed

PROCESSOR_S = 30
"""Loading and one run of the largest of MediaPipe's models take less than a second."""
LIMIT_S = 120.0
LIMIT_MB = 4096
"""The largest of MediaPipe's models take less than 300 MB."""

_LOOK_S = 0.05
_FINE = b"fine"
_CHILD = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from mpgraph.inference.trial_process import run_once
run_once(sys.argv[2], int(sys.argv[3]))
"""


def check(model: TfliteModel, backend: str, package: str) -> None:
    """Try a model with a backend, unless it is known, was tried before, or trials are off.

    package: the backend's module; another version of it makes another trial.

    Raises:
        InvalidArgumentError: the trial has ended the process, now or earlier, or took too much.
    """
    if not are_models_tried() or model.sha256 in _shipped() or getattr(sys, "frozen", False):
        return
    key = hashlib.sha256(repr((model.sha256, backend, installed(package))).encode()).hexdigest()
    verdict = blob_cache.load("trials", key)
    if verdict is None:
        verdict, is_certain = _verdict(model.data, backend)
        if is_certain:
            blob_cache.store("trials", key, verdict)
    if verdict != _FINE:
        raise InvalidArgumentError(
            f'"{model.origin}" is not run: a trial of it in another process, with {backend}, '
            f"{verdict.decode(errors='replace')}.",
            hint=f"If you trust who made it: --trust-model, or {TRY_VARIABLE}=0 in the environment.",
            rule="not-trusted",
        )


def _verdict(data: bytes, backend: str) -> tuple[bytes, bool]:
    """Return _FINE, or what the child did; and whether another trial would end the same."""
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path), backend, str(PROCESSOR_S)]
    environment = {**os.environ, TRY_VARIABLE: "0"}
    null = subprocess.DEVNULL
    try:
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            child = subprocess.Popen(command, stdin=file, stdout=null, stderr=null, env=environment)
    except OSError as error:
        raise InferenceError(f"cannot start a process to try the model in: {error.strerror}") from error
    with child:
        try:
            excess = _follow(child)
        finally:
            child.kill()
    if excess:
        return excess.encode(), excess.endswith("MB")
    code = child.returncode
    if code == 0:
        return _FINE, True
    if code in (1, 2):  # A Python exception: reported by the parent, too.
        return _FINE, False
    if code == -getattr(signal, "SIGXCPU", 0):
        return f"took more than {PROCESSOR_S} s of processor time".encode(), False
    return f"ended it ({_name(code)})".encode(), code != -getattr(signal, "SIGKILL", 0)


def _follow(child: subprocess.Popen[bytes]) -> str:
    """Wait for the end of a child; return what it took too much of, if anything."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        with suppress(subprocess.TimeoutExpired):
            child.wait(_LOOK_S)
            return ""
        if _resident_mb(child.pid) > LIMIT_MB:
            return f"took more than {LIMIT_MB} MB"
    return f"took more than {LIMIT_S:g} s"


def _resident_mb(process: int) -> int:
    """The memory that a process holds; 0 where it cannot be told."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1_000_000


def _name(code: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"exit code {code}"


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    return frozenset(model.sha256 for model in resources.model_manifest().models)
