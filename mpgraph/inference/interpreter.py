"""The backends `litert` and `tflite_runtime`: two packages with the same `Interpreter` of TfLite."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from mpgraph.errors import InferenceError
from mpgraph.framework.override import override
from mpgraph.inference.channelwise import separately_rounded
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import NATIVE_ERRORS, Array, InferenceRunner, RunnerSettings, one_line
from mpgraph.inference.tensor_spec import TensorSpec

# tflite::logging_internal::MinimalLogger::SetMinimumLogSeverity(LogSeverity); it returns the previous value.
_SET_SEVERITY = "_ZN6tflite16logging_internal13MinimalLogger21SetMinimumLogSeverityENS_11LogSeverityE"
_WARNING = 2


class LitertRunner(InferenceRunner):
    """A model in the interpreter of Google's ai-edge-litert, the default backend.

    The first runner of a process makes the library print "Created TensorFlow Lite XNNPACK delegate for
    CPU." on stderr. The library has no setting for that (2.3), and redirecting file descriptor 2 would
    swallow the output of other threads.
    """

    backend = "litert"
    package: ClassVar[str] = "ai_edge_litert"
    # With these small models more gain nothing, and lose much next to other work.
    default_threads = 2

    def __init__(self, model: TfliteModel, settings: RunnerSettings) -> None:
        super().__init__(model, settings.threads(self.default_threads))
        self._module = import_module(f"{self.package}.interpreter")
        self._use_xnnpack = settings.use_xnnpack
        self._prepare([spec.shape for spec in model.inputs])

    def quietly(self) -> AbstractContextManager[object]:
        """A context in which the library prints no INFO lines, if it has a setting for that."""
        return nullcontext()

    def _prepare(self, shapes: Sequence[tuple[int, ...]]) -> None:
        # A new interpreter for new shapes: views of the old one's memory stay valid.
        resolver = self._module.OpResolverType
        try:
            with self.quietly():
                interpreter = self._module.Interpreter(
                    model_content=separately_rounded(self.model),
                    num_threads=self.num_threads,
                    experimental_op_resolver_type=(
                        resolver.AUTO if self._use_xnnpack else resolver.BUILTIN_WITHOUT_DEFAULT_DELEGATES
                    ),
                )
                inputs = interpreter.get_input_details()
                for spec, shape, detail in zip(self.model.inputs, shapes, inputs, strict=True):
                    if shape != spec.shape:
                        interpreter.resize_tensor_input(detail["index"], shape)
                interpreter.allocate_tensors()
                inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
        except NATIVE_ERRORS as error:
            raise InferenceError(one_line(error)) from error
        self._interpreter = interpreter
        self._input_indices = [detail["index"] for detail in inputs]
        self._output_indices = [detail["index"] for detail in outputs]
        self.inputs = _current(self.model.inputs, inputs)
        self.outputs = _current(self.model.outputs, outputs)
        self._open_views()

    def _open_views(self) -> None:
        """Use the interpreter's own memory as input views, where that is safe.

        The public `Interpreter.invoke` refuses to run while arrays of its memory exist, because a
        model that computes shapes may move its memory; the wrapped object's `Invoke` does not check.
        For such models, and for libraries without that object, inputs are copied from arrays of ours;
        so they are for inputs without dimensions, of which the library hands out copies.
        """
        native = getattr(self._interpreter, "_interpreter", None)
        is_safe = self.model.static_shapes and all(spec.shape for spec in self.inputs)
        self._native = native if is_safe and hasattr(native, "Invoke") else None
        if self._native is not None:
            self._views = [self._interpreter.tensor(index)() for index in self._input_indices]
        else:
            self._views = [np.zeros(spec.shape, spec.dtype) for spec in self.inputs]

    def _compute(self) -> list[Array]:
        try:
            if self._native is not None:
                self._native.Invoke()
            else:
                for index, view in zip(self._input_indices, self._views, strict=True):
                    self._interpreter.set_tensor(index, view)
                self._interpreter.invoke()
            return [np.asarray(self._interpreter.get_tensor(index)) for index in self._output_indices]
        except NATIVE_ERRORS as error:
            raise InferenceError(f'Running "{self.model.origin}" failed: {one_line(error)}') from error

    def _free(self) -> None:
        self._native = self._interpreter = None


class TfliteRuntimeRunner(LitertRunner):
    """A model in the interpreter of the tflite-runtime wheel, whose last version is 2.14.

    Slightly faster than its successor on one thread, but needs numpy 1 and Python 3.11 or older.
    """

    backend = "tflite_runtime"
    package = "tflite_runtime"

    @override
    @contextmanager
    def quietly(self) -> Iterator[None]:
        set_severity = _severity_setter()
        if set_severity is None:
            yield
            return
        before = set_severity(_WARNING)
        try:
            yield
        finally:
            set_severity(before)


def _severity_setter() -> Callable[[int], int] | None:
    try:
        wrapper = import_module("tflite_runtime._pywrap_tensorflow_interpreter_wrapper")
        setter = getattr(ctypes.CDLL(wrapper.__file__), _SET_SEVERITY)
    except (ImportError, OSError, AttributeError):
        return None
    setter.argtypes, setter.restype = [ctypes.c_int], ctypes.c_int
    return setter  # type: ignore[no-any-return]


def _current(specs: Sequence[TensorSpec], details: Sequence[dict[str, Any]]) -> tuple[TensorSpec, ...]:
    """The model's specs with the shapes the interpreter has now."""
    return tuple(
        replace(spec, shape=tuple(int(size) for size in detail["shape"]))
        for spec, detail in zip(specs, details, strict=True)
    )
