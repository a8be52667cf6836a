"""Detect sources that emit nothing and never stop: a graph calls them forever, a test must fail."""

from __future__ import annotations

from collections import Counter
from typing import Any

from mpgraph.config.model import ValidatedNode
from mpgraph.errors import FailedPreconditionError
from mpgraph.framework import timestamp as ts
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.override import override
from mpgraph.framework.ports import Input
from mpgraph.runtime.calculator_node import CalculatorNode
from mpgraph.runtime.instrumentation import Instrumentation
from mpgraph.runtime.invocation import Call, Stage
from mpgraph.runtime.run import GraphRun

MAX_SILENT_CALLS = 100_000
"""After so many calls in a row without an output, a source is assumed never to stop."""


class SilentSources(Instrumentation):
    """Makes sources fail that are called over and over and emit nothing, in each run of a graph."""

    def __init__(self) -> None:
        self._silent_calls: Counter[int] = Counter()

    def run_starts(self, run: GraphRun) -> None:
        """Count the calls of the run's sources from zero."""
        self._silent_calls.clear()
        run.instrument(self)

    def run_ends(self, run: GraphRun) -> None:
        """Nothing to do: the hooks end with the run."""

    @override
    def on_call(self, node: CalculatorNode, stage: Stage, call: Call) -> Call:
        if stage != "Process" or not node.spec.is_source:
            return call
        silent_calls, node_id = self._silent_calls, node.spec.id

        def counted(context: CalculatorContext) -> Any:
            result = call(context)
            emitted = any(shard.packets or shard.bound != ts.UNSET for shard in context.outputs)
            if result is not None or emitted:
                silent_calls[node_id] = 0
                return result
            silent_calls[node_id] += 1
            if silent_calls[node_id] >= MAX_SILENT_CALLS:
                raise FailedPreconditionError(
                    f"process() was called {MAX_SILENT_CALLS} times in a row, and neither emitted anything "
                    "nor returned STOP. A node without input streams is a source, which is called until it "
                    "returns STOP.",
                    hint=_advice(node.spec),
                    rule="silent-source",
                )
            return None

        return counted


def _advice(spec: ValidatedNode) -> str:
    if any(isinstance(port, Input) for port in spec.calculator.ports):
        return "Send something into its inputs, or connect them with run(..., inputs=[...])."
    return "If it waits for something, set blocking = True in its class and wait in process()."
