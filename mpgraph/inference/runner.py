"""InferenceRunner: a model loaded by a backend, the interface of all backends."""

from __future__ import annotations

import copy
import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mpgraph.errors import FailedPreconditionError, InferenceError, InvalidArgumentError
from mpgraph.inference import computing, idle_runners
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.tensor_spec import TensorSpec
from mpgraph.io import native

Array = npt.NDArray[Any]

NATIVE_ERRORS = (RuntimeError, ValueError, IndexError, OverflowError, TypeError, MemoryError)
"""What the libraries raise, by way of pybind11, for a model that they cannot load or run."""

_SLOW_RUNS = 8
"""How many more runs must have been slower than with one thread than faster, for that to be better."""


@dataclass(frozen=True)
class RunnerSettings:
    """What `create_runner` passes to a backend; see there.

    num_threads: None for the backend's default. cores: how many the process may use.
    """

    num_threads: int | None = None
    cores: int = 1
    use_xnnpack: bool = True
    allow_precision_loss: bool = False

    def threads(self, default: int) -> int:
        """The number of threads to use at most, for a backend with this default."""
        return self.num_threads or min(default, self.cores)


class InferenceRunner(ABC):
    """One model, loaded by one backend.

    A backend's class takes a model and RunnerSettings, and raises ImportError if its library is not
    installed, or InferenceError if it rejects the model.

    Not for concurrent use: a second thread that calls `run` meanwhile gets FailedPreconditionError. To run
    several at once, create several runners with `num_threads=1`; `run` releases the GIL while it computes.

        with create_runner(model) as runner:
            np.multiply(pixels, np.float32(1 / 255), out=runner.input_view(0))
            (mask,) = runner.run([runner.input_view(0)])
    """

    backend: str
    """The name `create_runner` knows the backend by."""
    default_threads = 1
    """What `num_threads=None` means: the most threads that may be worth their while."""

    def __init__(self, model: TfliteModel, num_threads: int) -> None:
        self.model = model
        self.num_threads = num_threads
        self.inputs: tuple[TensorSpec, ...] = model.inputs
        self.outputs: tuple[TensorSpec, ...] = model.outputs
        self.reuse_key: Hashable = None
        """What the runner may be used again for after `close`; None for nothing."""
        self.is_part = False
        """Whether another runner runs this one, and counts as computing itself."""
        self.one_thread_s = math.inf
        """How long a run with one thread takes on a machine with nothing else to do, if that is known."""
        self.wants_one_thread = False
        """Whether one thread would be better: all runners of the process are too many for the cores, or other
        processes take them, so that several threads wait for one another. Never reset."""
        self._slow_runs = 0
        self._views: Sequence[Array] = ()
        self._busy = threading.Lock()
        self._closed = False
        self._was_forked = False
        native.watch(self)

    def left_to_parent(self) -> None:
        """In a forked child: the library has lost its threads."""
        self._was_forked = True
        self._closed = True
        self._busy = threading.Lock()

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        """Compute the outputs for `inputs`, one C-contiguous array of each spec's dtype and shape.

        An array from `input_view` is used in place, others are copied. The outputs belong to the caller.

        Raises:
            InvalidArgumentError: an array does not fit, or the number of arrays is wrong.
            FailedPreconditionError: the runner is closed, or another thread uses it.
            InferenceError: the backend fails.
        """
        if not self._busy.acquire(blocking=False):
            raise FailedPreconditionError(
                f'The runner of "{self.model.origin}" is in use by another thread; create a runner for each.'
            )
        try:
            self._require_open()
            if len(inputs) != len(self.inputs):
                raise InvalidArgumentError(
                    f'"{self.model.origin}" takes {len(self.inputs)} inputs, got {len(inputs)}.'
                )
            for index, array in enumerate(inputs):
                if array is not self._views[index]:
                    self._check_input(index, array)
                    np.copyto(self._views[index], array)
            return self._compute() if self.is_part else self._compute_watched()
        except InferenceError:
            self.reuse_key = None
            raise
        finally:
            self._busy.release()

    def _compute_watched(self) -> list[Array]:
        if computing.begin(self.num_threads) and self.num_threads > 1:
            self.wants_one_thread = True
        start = time.perf_counter()
        try:
            return self._compute()
        finally:
            computing.end(self.num_threads)
            if self.num_threads > 1:
                slow = time.perf_counter() - start > self.one_thread_s
                self._slow_runs = max(self._slow_runs + (1 if slow else -1), 0)
                self.wants_one_thread = self.wants_one_thread or self._slow_runs >= _SLOW_RUNS

    def input_view(self, index: int) -> Array:
        """A writable array with the dtype and shape of input `index`, the same object until `resize_input`.

        Passing it to `run` saves a copy. Write all of it each time: the backend may use the memory for
        intermediate results.
        """
        self._require_open()
        self._require_input(index)
        return self._views[index]

    def resize_input(self, index: int, shape: Sequence[int]) -> None:
        """Give input `index` another shape; `inputs` and `outputs` change, earlier views become invalid.

        Raises:
            InvalidArgumentError: the model does not allow it; nothing has changed.
        """
        with self._busy:
            self._require_open()
            self._require_input(index)
            spec, new_shape = self.inputs[index], tuple(int(size) for size in shape)
            if new_shape == spec.shape:
                return
            self.reuse_key = None
            refused = f'"{self.model.origin}" cannot take {list(new_shape)} for its input {spec}'
            if not self.model.resizable or len(new_shape) != len(spec.shape) or min(new_shape, default=1) < 1:
                raise InvalidArgumentError(f"{refused}.")
            try:
                self._prepare(
                    [new_shape if i == index else other.shape for i, other in enumerate(self.inputs)]
                )
            except InferenceError as error:
                raise InvalidArgumentError(f"{refused}: {error.message}") from error

    def close(self) -> None:
        """Free the backend's resources after waiting for a `run` in progress. Further calls do nothing.

        With a `reuse_key` the resources are kept for a while, for the next runner with this key.
        """
        with self._busy:
            if not self._closed and self.reuse_key is not None:
                heir = copy.copy(self)
                heir._busy = threading.Lock()
                heir.wants_one_thread = False
                heir._slow_runs = 0
                native.watch(heir)
                idle_runners.keep(self.reuse_key, len(self.model.data), heir)
            elif not self._closed:
                self._free()
            self._closed = True
            self._views = ()

    def free(self) -> None:
        """Close for good."""
        self.reuse_key = None
        self.close()

    def __enter__(self) -> InferenceRunner:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f'<{type(self).__name__} of "{self.model.origin}" on {self.backend}, {self.num_threads} threads>'
        )

    @abstractmethod
    def _prepare(self, shapes: Sequence[tuple[int, ...]]) -> None:
        """Prepare for inputs of `shapes`: set `inputs`, `outputs`, `_views`, or raise InferenceError."""

    @abstractmethod
    def _compute(self) -> list[Array]:
        """Run the model on the values in the views."""

    @abstractmethod
    def _free(self) -> None:
        """Drop the backend's objects when the runner is closed."""

    def _require_open(self) -> None:
        if self._was_forked:
            raise FailedPreconditionError(
                f'The runner of "{self.model.origin}" belongs to the process that this one was forked from; '
                "create another one here."
            )
        if self._closed:
            raise FailedPreconditionError(f'The runner of "{self.model.origin}" is closed.')

    def _require_input(self, index: int) -> None:
        if not 0 <= index < len(self.inputs):
            raise InvalidArgumentError(
                f'"{self.model.origin}" has no input {index}, only {len(self.inputs)}.'
            )

    def _check_input(self, index: int, array: Array) -> None:
        spec = self.inputs[index]
        if not isinstance(array, np.ndarray):
            got = type(array).__name__
        elif array.dtype != spec.dtype or array.shape != spec.shape:
            got = f"{array.dtype.name} {list(array.shape)}"
        elif not array.flags.c_contiguous:
            got = "an array that is not C-contiguous; use numpy.ascontiguousarray"
        else:
            return
        raise InvalidArgumentError(f'Input {index} of "{self.model.origin}", {spec}, got {got}.')


def one_line(error: BaseException) -> str:
    """The message of a native library's error in one line."""
    return " ".join(str(error).split()) or type(error).__name__
