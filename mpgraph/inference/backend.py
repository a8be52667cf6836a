"""The inference backends, and the choice among them."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from mpgraph.errors import InferenceError, InvalidArgumentError, did_you_mean
from mpgraph.inference import computing, idle_runners, model_trial, thread_trial
from mpgraph.inference.attention import NUMPY_OPERATORS
from mpgraph.inference.lowering import lower
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.operators import OPERANDS
from mpgraph.inference.runner import InferenceRunner, RunnerSettings
from mpgraph.inference.segments import SegmentedRunner, split
from mpgraph.io.cores import usable_cores

BACKEND_VARIABLE = "MPGRAPH_INFERENCE_BACKEND"

_UNKNOWN = "unknown"

_STATELESS = {*OPERANDS, *(name for name, _ in NUMPY_OPERATORS)}
"""Operators that are known to keep nothing from one run to the next."""


@dataclass(frozen=True)
class BackendStatus:
    """What is known of a backend without loading it; `why_not` explains how to make it available."""

    name: str
    available: bool
    version: str | None
    why_not: str | None = None


@dataclass(frozen=True)
class _Backend:
    """runner: the class, as "module:name" in this package, which is imported when first needed."""

    runner: str
    package: str
    install: str

    @property
    def distribution(self) -> str:
        return self.package.replace("_", "-")


# In the order in which they are tried without an explicit choice.
_BACKENDS: Mapping[str, _Backend] = {
    "litert": _Backend("interpreter:LitertRunner", "ai_edge_litert", "pip install ai-edge-litert"),
    "tflite_runtime": _Backend(
        "interpreter:TfliteRuntimeRunner",
        "tflite_runtime",
        'pip install "mpgraph[tflite-runtime]" (Python 3.11 or older)',
    ),
    "openvino": _Backend("openvino:OpenvinoRunner", "openvino", 'pip install "mpgraph[openvino]"'),
}

# Only used when requested: it starts more slowly than those of the CPU, and needs a GPU.
_ON_REQUEST: Mapping[str, _Backend] = {
    "webgpu": _Backend("webgpu.runner:WebgpuRunner", "wgpu", 'pip install "mpgraph[gpu]"')
}

_KNOWN: Mapping[str, _Backend] = {**_BACKENDS, **_ON_REQUEST}


def create_runner(
    model: TfliteModel,
    *,
    backend: str | None = None,
    num_threads: int | None = None,
    use_xnnpack: bool = True,
    allow_precision_loss: bool = False,
) -> InferenceRunner:
    """Load `model` into `backend`: "litert", "tflite_runtime", "openvino" or "webgpu" (the GPU).

    If `backend` is None, the environment variable MPGRAPH_INFERENCE_BACKEND applies, and without it the
    first installed CPU backend that can run the model.

    num_threads: None or below 1 selects what a short trial finds best on this machine for one frame after
    another. use_xnnpack: False computes with TfLite's own kernels (slow; not for OpenVINO).
    allow_precision_loss: permit 16-bit arithmetic if the CPU supports it (OpenVINO only).

    A model that mpgraph does not ship is tried in another process first if MPGRAPH_TRY_MODELS=1, as it is in
    commands without `--trust-model`.

    Raises:
        InvalidArgumentError: the name is unknown, or a trial of the model ended badly.
        InferenceError: no backend can run the model; the message has the reason of each.
    """
    requested = _requested(backend)
    lowered = lower(model)
    threads = num_threads if num_threads and num_threads > 0 else None
    cores = 1 if computing.is_beside_other_work() else usable_cores()
    settings = RunnerSettings(threads, cores, use_xnnpack, allow_precision_loss)
    reasons: dict[str, str] = {}
    for name in [requested] if requested else _BACKENDS:
        key = (name, lowered.sha256, lowered.origin, settings)
        if isinstance(idle := idle_runners.take(key), InferenceRunner):
            return idle
        if _why_not(name):
            continue
        if name in _BACKENDS:
            model_trial.check(model, name, _KNOWN[name].package)
        try:
            runner = _start(name, lowered, settings)
        except InferenceError as error:
            reasons[name] = error.message
            continue
        if name in _BACKENDS and _STATELESS.issuperset(lowered.ops):  # The GPU's memory is not kept.
            runner.reuse_key = key
        return runner
    if not reasons:
        offers = ", or ".join(known.install for known in _BACKENDS.values())
        gpu = f"With {_ON_REQUEST['webgpu'].install} and {BACKEND_VARIABLE}=webgpu, models run on a GPU."
        raise InferenceError(f"No inference backend is installed: {offers}.", hint=gpu)
    raise _nothing_runs(lowered, reasons)


def backends(*, on_request: bool = False) -> tuple[BackendStatus, ...]:
    """The status of each backend, in the order in which they are tried.

    on_request: also list, at the end, backends that are only used when requested.
    """
    found = []
    for name, known in (_KNOWN if on_request else _BACKENDS).items():
        why_not = _why_not(name)
        version = _version(known.distribution) if importlib.util.find_spec(known.package) else None
        found.append(BackendStatus(name, why_not is None, version, why_not))
    return tuple(found)


def _requested(backend: str | None) -> str | None:
    name, source = backend, "The argument backend"
    if not name:
        name, source = os.environ.get(BACKEND_VARIABLE), BACKEND_VARIABLE
    if not name:
        return None
    if name not in _KNOWN:
        raise InvalidArgumentError(
            f'{source} names an unknown inference backend: "{name}".{did_you_mean(name, _KNOWN)}'
            f" Known are {', '.join(_KNOWN)}."
        )
    why_not = _why_not(name)
    if why_not:
        raise InferenceError(f'The inference backend "{name}" cannot be used: {why_not}.')
    return name


def _why_not(name: str) -> str | None:
    """The reason why a backend cannot be used here, None if it can."""
    known = _KNOWN[name]
    if importlib.util.find_spec(known.package) is None:
        return f"it is not installed: {known.install}"
    if name == "tflite_runtime":
        numpy_version = _version("numpy")
        if _release(numpy_version) >= (2,):
            return f'it needs numpy 1, installed is {numpy_version}: pip install "numpy<2"'
    # Earlier versions ignore the bias of TRANSPOSE_CONV: wrong masks (openvino pull request 34101).
    if name == "openvino":
        version = _version(known.distribution)
        if version != _UNKNOWN and _release(version) < (2026, 1):
            return f'version {version} computes wrong results: pip install "openvino>=2026.1"'
    return None


def _version(distribution: str) -> str:
    from importlib import metadata  # Importing takes 8 ms, much of the time to the first frame.

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return _UNKNOWN


def _release(version: str) -> tuple[int, ...]:
    """Major and minor version: (2026, 4) for "2026.4.1"."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _start(name: str, model: TfliteModel, settings: RunnerSettings) -> InferenceRunner:
    module, _, runner_class = _KNOWN[name].runner.partition(":")
    create = getattr(import_module(f"mpgraph.inference.{module}"), runner_class)
    # The GPU has kernels for the operators that numpy computes elsewhere. Of the others, only LiteRT can have
    # MediaPipe's results to the last bit.
    exact = name == "litert" and settings.use_xnnpack
    segments = split(model, narrow_layers=exact) if name in _BACKENDS else None

    def build(threads: int) -> InferenceRunner:
        set_to = replace(settings, num_threads=threads)
        runner: InferenceRunner = (
            SegmentedRunner(segments, model, create, set_to) if segments else create(model, set_to)
        )
        return runner

    try:
        if settings.num_threads or settings.threads(create.default_threads) == 1:
            return build(settings.threads(create.default_threads))
        # A trial changes what other operators remember, and its zeros may be no shape that a model computes.
        if not (_STATELESS.issuperset(model.ops) and model.static_shapes):
            return build(1)
        return _with_best_threads(name, model, settings.threads(create.default_threads), build)
    except ImportError as error:
        raise InferenceError(f"it is installed but cannot be imported: {error}") from error


def _with_best_threads(
    name: str, model: TfliteModel, many: int, build: Callable[[int], InferenceRunner]
) -> InferenceRunner:
    """Build a runner with one thread or with `many`, whichever a trial found better."""
    package = _KNOWN[name].package
    trial = thread_trial.known(name, package, model, many)
    if trial is not None:
        runner = build(trial.threads)
    else:
        runner, several = build(1), build(many)
        trial = thread_trial.make(package, model, runner, several)
        if trial.threads > 1:
            runner, several = several, runner
        several.free()
    runner.one_thread_s = trial.one_s
    return runner


def _nothing_runs(model: TfliteModel, reasons: Mapping[str, str]) -> InferenceError:
    tried: Sequence[str] = [f"{name}: {reason.rstrip('.')}" for name, reason in reasons.items()]
    custom = ""
    if model.custom_ops:
        plural = "s" if len(model.custom_ops) > 1 else ""
        custom = f" It has the custom operator{plural} {', '.join(model.custom_ops)}."
    return InferenceError(
        f'No inference backend can run "{model.origin}".{custom} Tried were {"; ".join(tried)}.'
    )
