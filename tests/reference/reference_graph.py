"""Runs the plans of random graphs with mpgraph."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from random import Random
from typing import Any

from random_graphs import GraphPlan, NodePlan
from reference_steps import STEPS, Source

from mpgraph.errors import MpgraphError
from mpgraph.framework import packet as packets
from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.registry import register
from mpgraph.graph.calculator_graph import CalculatorGraph

YIELDS = Random(0)
"""Decides where calculators yield the processor for a moment."""


class _Out:
    def __init__(self, cc: CalculatorContext) -> None:
        self._outputs = cc.outputs

    def emit(self, i: int, t: int, value: int) -> None:
        if not self._outputs[i].closed:
            self._outputs[i].emit(value, t)

    def bound(self, i: int, t: int) -> None:
        if not self._outputs[i].closed:
            self._outputs[i].set_next_timestamp_bound(t)

    def close(self, i: int) -> None:
        self._outputs[i].close()


@dataclass
class StepOptions:
    """The options of a node's calculator, taken from the plan."""

    step: str = "Step"
    parameter: int = 0
    offset: int = 0
    has_offset: bool = False
    bounds: bool = False


@register
class ReferenceStep(Calculator):
    """Runs a step of reference_steps."""

    Options = StepOptions

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        super().get_contract(contract)
        options = contract.options
        contract.inputs.set_all(int)
        contract.outputs.set_all(int)
        contract.timestamp_offset = options.offset if options.has_offset else None
        contract.process_timestamp_bounds = options.bounds

    def open(self, cc: CalculatorContext) -> None:
        self._step = STEPS[cc.options.step](cc.options.parameter)

    def process(self, cc: CalculatorContext) -> Any:
        for _ in range(YIELDS.randrange(3)):
            time.sleep(0)
        out = _Out(cc)
        if isinstance(self._step, Source):
            return None if self._step.next(out) else STOP
        self._step.process(cc.t, [(packet._t, packet.payload) for packet in cc.packets], out)
        return None

    def close(self, cc: CalculatorContext) -> None:
        if cc.packets:
            self._step.close(_Out(cc))


@dataclass
class BlockingStepOptions(StepOptions):
    """The options of the blocking class, which must have a name of their own."""


@register
class ReferenceBlockingStep(ReferenceStep):
    """The same step on an executor's threads."""

    Options = BlockingStepOptions
    blocking = True


def node_text(node: NodePlan) -> str:
    """Return a node as text of a graph config."""
    names = [f'"{name}"' for name in node.inputs]
    if node.handler == "Mux":
        names = [f'"INPUT:{i}:{name}"' for i, name in enumerate(node.inputs[:-1])]
        names.append(f'"SELECT:{node.inputs[-1]}"')
    handler = f'input_stream_handler: "{node.handler}InputStreamHandler"'
    extension = f"[mediapipe.{node.handler}InputStreamHandlerOptions.ext]"
    if node.groups:
        sets = "".join(
            "sync_set { " + "".join(f'tag_index: ":{i}" ' for i in group) + "} " for group in node.groups
        )
        handler += f" options {{ {extension} {{ {sets} }} }}"
    elif node.batch > 1:
        handler += f" options {{ {extension} {{ batch_size: {node.batch} }} }}"
    blocking = "Blocking" if node.blocking else ""
    lines = [
        f'calculator: "Reference{blocking}Step"',
        f"max_in_flight: {node.max_in_flight} source_layer: {node.layer}",
        *(f"input_stream: {name}" for name in names),
        *(f'output_stream: "{name}"' for name in node.outputs),
        f"node_options {{ [type.googleapis.com/Reference{blocking}StepOptions] {{ "
        f"step: '{node.step}' parameter: {node.parameter} "
        f"offset: {node.offset or 0} has_offset: {str(node.offset is not None).lower()} "
        f"bounds: {str(node.bounds).lower()} }} }}",
    ]
    if node.inputs and (node.handler != "Default" or node.batch > 1):
        lines.append(f"input_stream_handler {{ {handler} }}")
    if node.back_edge is not None:
        lines.append(f'input_stream_info {{ tag_index: ":{node.back_edge}" back_edge: true }}')
    return "node {\n  " + "\n  ".join(lines) + "\n}\n"


def graph_text(plan: GraphPlan, threads: int) -> str:
    """The plan as a graph config."""
    lines = [f"num_threads: {threads} max_queue_size: {plan.max_queue_size}\n"]
    lines += [f'input_stream: "{name}"\n' for name in plan.inputs]
    return "".join(lines + [node_text(node) for node in plan.nodes])


@dataclass
class Outcome:
    """The result of a run: the packets of every stream, the settled times after each event, the error."""

    sent: dict[str, list[tuple[int, int]]]
    settled: list[dict[str, int]]
    error: BaseException | None


def run(plan: GraphPlan, threads: int, stepwise: bool) -> Outcome:
    """Run a plan; `stepwise` waits after each event until the graph is idle."""
    graph = CalculatorGraph(graph_config=graph_text(plan, threads))
    outcome = Outcome({name: [] for name in plan.streams}, [], None)
    last = dict.fromkeys(plan.streams, -(2**63))

    def observe(name: str, packet: Packet) -> None:
        assert packet._t > last[name]
        last[name] = packet._t
        if not packet.is_empty():
            outcome.sent[name].append((packet._t, packet.payload))

    for name in plan.streams:
        graph.observe_output_stream(name, observe, observe_timestamp_bounds=True)
    graph.start_run()
    # The error is raised again at the end.
    with contextlib.suppress(MpgraphError):
        for kind, name, t, value in plan.events:
            if kind == "packet":
                graph.add_packet_to_input_stream(name, make_packet(value).at(t))
            elif kind == "bound":
                graph.add_packet_to_input_stream(name, packets.empty(t))
            else:
                graph.close_input_stream(name)
            if stepwise:
                graph.wait_until_idle()
                outcome.settled.append(dict(last))
    try:
        graph.close_all_input_streams()
        graph.wait_until_done()
    except MpgraphError as error:
        outcome.error = error
    return outcome
