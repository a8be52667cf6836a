"""GraphExecutors: the executors of one graph, declared in its config or supplied by the application."""

from __future__ import annotations

from mpgraph.config.model import GraphModel
from mpgraph.errors import AlreadyExistsError, InvalidArgumentError, did_you_mean
from mpgraph.runtime.executor import Executor, ThreadPoolExecutor, make_executors


class GraphExecutors:
    """Executors by name, "" for the default one, used by one run after another."""

    def __init__(self, model: GraphModel) -> None:
        self._specs = model.executors
        self.by_name = make_executors(model)

    def set(self, name: str, executor: Executor) -> None:
        """See CalculatorGraph.set_executor."""
        if not callable(getattr(executor, "schedule", None)):
            raise InvalidArgumentError(
                f'The executor "{name}", of class {type(executor).__name__}, has no method schedule(task).',
                hint="Derive the executor's class from mpgraph.Executor.",
            )
        spec = next((spec for spec in self._specs if spec.name == name), None)
        if spec is None and name:
            raise InvalidArgumentError(
                f'The executor "{name}" is not declared in an ExecutorConfig.'
                + did_you_mean(name, [spec.name for spec in self._specs])
            )
        if spec is not None and spec.type:
            raise AlreadyExistsError(
                f'The executor "{name}" has the type "{spec.type}" in the graph; leave the type out to '
                "supply it with set_executor()."
            )
        self.by_name[name] = executor

    def check_complete(self) -> None:
        """Check that the application has supplied what only it can.

        Raises:
            InvalidArgumentError: it has not.
        """
        for spec in self._specs:
            if spec.name not in self.by_name:
                raise InvalidArgumentError(
                    f'ExecutorConfig for "{spec.name}" does not have a "type" field: the executor must be '
                    "given with a SetExecutor() call, set_executor() here."
                )

    def start(self) -> None:
        """Let thread pools start threads again, for a new run."""
        for executor in self.by_name.values():
            if isinstance(executor, ThreadPoolExecutor):
                executor.start()

    def stop(self) -> None:
        """End the threads of thread pools after a run, and wait for them."""
        for executor in self.by_name.values():
            if isinstance(executor, ThreadPoolExecutor):
                executor.stop()
