"""Trying an unknown model in a separate process before this one runs it.

The backends are native libraries: what a damaged or hostile model makes them do, no exception reports. So a
model that is not known is loaded and run once, with zeros, in a child process; if that ends by a signal or
does not end, this process refuses the model. The verdict is remembered in the user's cache. Models that ship
with mpgraph are known by their hash and never tried. Programs frozen by PyInstaller have no interpreter to
start, and try nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from functools import lru_cache

from mpgraph.errors import InferenceError, InvalidArgumentError
from mpgraph.framework import resources
from mpgraph.framework.model_trust import TRY_VARIABLE, are_models_tried
from mpgraph.inference import blob_cache
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.thread_trial import installed

LIMIT_S = 60.0
"""Loading and one run of the largest of MediaPipe's models take less than a second."""

_FINE = b"fine"
_CHILD = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from mpgraph.inference.trial_process import run_once
run_once(sys.argv[2])
"""


def check(model: TfliteModel, backend: str, package: str) -> None:
    """Try a model with a backend, unless it is known, was tried before, or trials are off.

    package: the backend's module; another version of it makes another trial.

    Raises:
        InvalidArgumentError: the trial has ended the process, now or earlier, or did not end.
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
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path), backend]
    environment = {**os.environ, TRY_VARIABLE: "0"}
    try:
        child = subprocess.run(
            command,
            input=data,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"took more than {LIMIT_S:g} s".encode(), False
    except OSError as error:
        raise InferenceError(f"cannot start a process to try the model in: {error.strerror}") from error
    code = child.returncode
    if code == 0:
        return _FINE, True
    if code in (1, 2):  # A Python exception: reported by the parent, too.
        return _FINE, False
    return f"ended it ({_name(code)})".encode(), code != -getattr(signal, "SIGKILL", 0)


def _name(code: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-code).name
    return f"exit code {code}"


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    return frozenset(model.sha256 for model in resources.model_manifest().models)
