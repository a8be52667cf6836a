"""What the process does in which `model_trial` tries a model."""

from __future__ import annotations

import sys
from contextlib import suppress

from mpgraph.errors import MpgraphError
from mpgraph.inference.backend import create_runner
from mpgraph.inference.model import load_model


def run_once(backend: str, processor_s: int) -> None:
    """Load the model on stdin and run it once with zeros, in `processor_s` seconds of processor time at most.

    Errors that are reported are no concern of the trial: the parent gets the same.
    """
    _set_limits(processor_s)
    with suppress(MpgraphError, MemoryError):
        model = load_model(sys.stdin.buffer.read(), origin="model")
        with create_runner(model, backend=backend, num_threads=1) as runner:
            inputs = [runner.input_view(index) for index in range(len(runner.inputs))]
            for array in inputs:
                array.fill(0)
            runner.run(inputs)


def _set_limits(processor_s: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # Leave no core file.
        resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s + 1))
