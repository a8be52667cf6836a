"""The backend `litert`: Google's ai-edge-litert, the default."""

from __future__ import annotations

from importlib import import_module

from mpgraph.inference.interpreter import InterpreterRunner
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import InferenceRunner

# Twice as fast as one thread. With these small models more gain nothing, and lose much next to other work.
_DEFAULT_THREADS = 2


class LitertRunner(InterpreterRunner):
    """A model in LiteRT's interpreter.

    The first runner of a process makes the library print "Created TensorFlow Lite XNNPACK delegate for
    CPU." on stderr. The library has no setting for that (2.3), and redirecting file descriptor 2 would
    swallow the output of other threads.
    """

    backend = "litert"


def create(
    model: TfliteModel, *, num_threads: int | None, cores: int, use_xnnpack: bool, allow_precision_loss: bool
) -> InferenceRunner:
    """Load `model`.

    Raises:
        ImportError: the library is not installed.
        InferenceError: the library rejects the model.
    """
    module = import_module("ai_edge_litert.interpreter")
    return LitertRunner(
        model, num_threads or min(_DEFAULT_THREADS, cores), module=module, use_xnnpack=use_xnnpack
    )
