"""The backend `litert`: Google's ai-edge-litert, the default."""

from __future__ import annotations

from importlib import import_module

from mpgraph.inference.interpreter import InterpreterRunner
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import InferenceRunner

# Twice as fast as one thread; more gain nothing with these small models and lose much beside other work.
_DEFAULT_THREADS = 2


class LitertRunner(InterpreterRunner):
    """A model in LiteRT's interpreter.

    The first one in a process makes the library print "Created TensorFlow Lite XNNPACK delegate for
    CPU." on stderr. It has no switch for that (2.3), and bending file descriptor 2 would swallow what
    other threads write.
    """

    backend = "litert"


def create(
    model: TfliteModel, *, num_threads: int | None, cores: int, use_xnnpack: bool, allow_precision_loss: bool
) -> InferenceRunner:
    """Load `model`; raises ImportError without the library, InferenceError if it refuses the model."""
    module = import_module("ai_edge_litert.interpreter")
    return LitertRunner(
        model, num_threads or min(_DEFAULT_THREADS, cores), module=module, use_xnnpack=use_xnnpack
    )
