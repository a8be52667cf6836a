"""The backend `tflite_runtime`: the tflite-runtime wheel, whose last version is 2.14.

Slightly faster than its successor on one thread, but needs numpy 1 and Python 3.11 or older.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

from mpgraph.inference.interpreter import InterpreterRunner
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import InferenceRunner

_DEFAULT_THREADS = 2

# tflite::logging_internal::MinimalLogger::SetMinimumLogSeverity(LogSeverity); it returns the previous value.
_SET_SEVERITY = "_ZN6tflite16logging_internal13MinimalLogger21SetMinimumLogSeverityENS_11LogSeverityE"
_WARNING = 2


class TfliteRuntimeRunner(InterpreterRunner):
    """A model in tflite-runtime's interpreter."""

    backend = "tflite_runtime"

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Suppress INFO lines such as "Created TensorFlow Lite XNNPACK delegate for CPU."."""
        set_severity = _severity_setter()
        if set_severity is None:
            yield
            return
        before = set_severity(_WARNING)
        try:
            yield
        finally:
            set_severity(before)


def create(
    model: TfliteModel, *, num_threads: int | None, cores: int, use_xnnpack: bool, allow_precision_loss: bool
) -> InferenceRunner:
    """Load `model`.

    Raises:
        ImportError: the library is not installed.
        InferenceError: the library rejects the model.
    """
    module = import_module("tflite_runtime.interpreter")
    return TfliteRuntimeRunner(
        model, num_threads or min(_DEFAULT_THREADS, cores), module=module, use_xnnpack=use_xnnpack
    )


def _severity_setter() -> Callable[[int], int] | None:
    try:
        wrapper = import_module("tflite_runtime._pywrap_tensorflow_interpreter_wrapper")
        setter = getattr(ctypes.CDLL(wrapper.__file__), _SET_SEVERITY)
    except (ImportError, OSError, AttributeError):
        return None
    setter.argtypes, setter.restype = [ctypes.c_int], ctypes.c_int

    def set_severity(severity: int) -> int:
        return int(setter(severity))

    return set_severity
