"""Sources that neither say anything nor end: a test fails with one, where a graph would call it forever."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import FailedPreconditionError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input
from mpgraph.runtime.invocation import Invoker
from mpgraph.runtime.run import GraphRun

MAX_SILENT_CALLS = 100_000
"""After so many calls in a row without an output, a source is taken for one that never ends."""


class SilentSources:
    """Watches the runs of a graph, and lets the sources in it fail that are called in vain."""

    def run_starts(self, run: GraphRun) -> None:
        """Count the calls of the run's sources."""
        for node in run.nodes:
            if node.spec.is_source:
                node.invoker = _CountingInvoker(node.spec)

    def run_ends(self, run: GraphRun) -> None:
        """Nothing to do: the counts end with the run."""


class _CountingInvoker(Invoker):
    _silent_calls = 0

    def open(self, context: CalculatorContext) -> None:
        super().open(context)
        self._process, self.process = self.process, self._counted

    def _counted(self, context: CalculatorContext) -> Any:
        result = self._process(context)
        if result is not None or any(one.packets or one.bound != ts.UNSET for one in context.outputs):
            self._silent_calls = 0
            return result
        self._silent_calls += 1
        if self._silent_calls >= MAX_SILENT_CALLS:
            raise FailedPreconditionError(
                f"process() was called {MAX_SILENT_CALLS} times in a row, and neither sent anything nor "
                "returned STOP. A node without input streams is a source, called until it returns STOP.",
                hint=self._advice(),
                rule="silent-source",
            )
        return None

    def _advice(self) -> str:
        if any(isinstance(port, Input) for port in self._spec.calculator.ports):
            return "Send something into its inputs, or connect them with run(..., inputs=[...])."
        return "If it waits for something, set blocking = True in its class and wait in process()."
