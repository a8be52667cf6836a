"""From a graph as its author wrote it to the model that runs, or to the list of all its errors.

The stages and their order are MediaPipe's (framework/validated_graph_config.cc), so the first error of
`validate` is the one that MediaPipe reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from mpgraph.config.expansion.subgraphs import Expansion, SubgraphNames
from mpgraph.config.flat import canonical_names, debug_label, hidden_names, parse_ports
from mpgraph.config.model import GraphModel, HandlerConfig, Types, ValidatedNode
from mpgraph.config.options import unread_framework_options
from mpgraph.config.port_lists import INPUT, OUTPUT, PORT_ATTRIBUTES
from mpgraph.config.problems import raise_all, with_context
from mpgraph.config.source import GraphSource, load_graph
from mpgraph.config.validation.advice import graph_warnings
from mpgraph.config.validation.cycles import all_cycles, order_of
from mpgraph.config.validation.edges import Edges, connect, missing_producers, names_of_lost
from mpgraph.config.validation.executors import (
    add_default_executor,
    executor_errors,
    executor_specs,
    executor_type_errors,
)
from mpgraph.config.validation.node_contracts import CheckedNode, check_nodes, limits
from mpgraph.config.validation.profiler_config import profiler_errors
from mpgraph.config.validation.type_resolution import TypeResolution
from mpgraph.errors import MpgraphError, NotFoundError
from mpgraph.framework.tags import TagIndex, TagMap

if TYPE_CHECKING:
    from mpgraph.protos.calculator_pb2 import CalculatorGraphConfig

DEFAULT_HANDLER = "DefaultInputStreamHandler"


Adjust: TypeAlias = "Callable[[CalculatorGraphConfig, Sequence[CalculatorGraphConfig.Node]], None]"
"""Changes a graph whose subgraphs are expanded, before its nodes are checked: given its message, which has
the nodes of the outermost graph only, and the messages of all nodes."""


def validate(
    source: object,
    *,
    subgraphs: Mapping[str, object] | Sequence[object] = (),
    adjust: Adjust | None = None,
) -> GraphModel:
    """Return the validated model of a graph.

    source: anything `mpgraph.config.source.load_graph` accepts: a path, text, bytes or a message.
    subgraphs: graphs that nodes may name, by name, or by the `type` in them.
    adjust: may raise an error, which is passed on as it is.
    Raises the error that corresponds to MediaPipe's status: ConfigError (a ValueError), NotFoundError or
    UnknownError (RuntimeErrors) and so on; its `causes` are the errors of all nodes.
    """
    pipeline = Pipeline(load_graph(source), SubgraphNames(subgraphs), adjust=adjust)
    for stage in pipeline.stages():
        raise_all(stage.comment, stage.errors)
    return pipeline.model()


@dataclass
class ValidationStage:
    """The errors of one stage of validation. comment: the text that MediaPipe puts before them."""

    errors: list[MpgraphError] = field(default_factory=list)
    comment: str = ""


class Pipeline:
    """The validation of one graph. `stages` does the work; each stage relies on those before it.

    everything: whether to find all errors, including those that MediaPipe does not reach or detects only
        when the graph runs, and to leave out those that only follow from others. Requires a source and
        names that were read leniently.
    """

    def __init__(
        self,
        source: GraphSource,
        names: SubgraphNames,
        *,
        everything: bool = False,
        adjust: Adjust | None = None,
    ) -> None:
        self.source = source
        self.adjust = adjust
        self.names = names
        self.everything = everything
        self.config = type(source.config)()
        self.config.CopyFrom(source.config)
        self.expansion = Expansion(source, self.config, names)
        self.nodes: list[CheckedNode] = []
        self.graph_inputs = TagMap()
        self.graph_outputs = TagMap()
        self.edges = Edges()
        self.types: TypeResolution | None = None

    def stages(self) -> Iterator[ValidationStage]:
        """Validate, stage by stage, and yield the errors of each stage."""
        yield ValidationStage(list(self.source.bound.errors))
        expansion = self.expansion
        expansion.flatten()
        unread = unread_framework_options(self.source)
        own = add_default_executor(self.config, self.source) + profiler_errors(self.config, self.source)
        yield ValidationStage([*unread, *expansion.errors, *own])
        self._copy_handler()
        if self.adjust is not None:
            self.adjust(self.config, [node.config for node in expansion.nodes])
        checked = check_nodes(
            expansion.nodes, self.config.package, self.names.names, everything=self.everything
        )
        self.nodes = checked.nodes
        yield ValidationStage(
            self._legacy_errors() + checked.errors, "ValidatedGraphConfig Initialization failed."
        )
        yield ValidationStage(self._parse_graph_ports())
        # Names whose producers failed earlier: their consumers must cause no further errors. In order, since
        # suggestions follow the order of the streams.
        lost = dict.fromkeys(names_of_lost([*checked.lost, *expansion.lost]))
        lost |= dict.fromkeys(hidden_names(self.source.graph.damaged))
        lost |= dict.fromkeys(name for node in [*expansion.nodes, *expansion.lost] for name in node.hidden)
        self.edges = connect(self.nodes, self.graph_inputs, self.source, lost)
        yield ValidationStage(self.edges.errors)
        yield ValidationStage(self._sort(lost))
        yield ValidationStage(missing_producers(self.nodes, self.edges, self.config))
        self.types = TypeResolution(self.nodes, self.edges)
        yield ValidationStage(self.types.errors())
        yield ValidationStage(executor_errors(self.config, [node.flat for node in self.nodes], self.source))
        if self.everything:
            yield ValidationStage([*limits(self.nodes), *executor_type_errors(self.config, self.source)])

    def warnings(self) -> list[MpgraphError]:
        """Return the warnings; only valid once all stages ran without errors."""
        found = graph_warnings(self.nodes, self.edges, self.graph_outputs, self.source)
        return [*self.expansion.warnings, *found]

    def types_of(self, node: CheckedNode) -> dict[tuple[str, TagIndex], Types]:
        """The types of a node's ports, as far as they are known, by port list and port."""
        if node.contract is None or self.types is None:
            return {}
        return {
            (port_list, port): self.types.of(spec)
            for port_list, attribute in PORT_ATTRIBUTES.items()
            for port, spec in zip(node.ports(port_list).ports, getattr(node.contract, attribute), strict=True)
        }

    def _copy_handler(self) -> None:
        if self.config.HasField("input_stream_handler"):
            for node in self.expansion.nodes:
                if not node.config.HasField("input_stream_handler"):
                    node.config.input_stream_handler.CopyFrom(self.config.input_stream_handler)

    def _legacy_errors(self) -> list[MpgraphError]:
        errors: list[MpgraphError] = []
        for index, generator in enumerate(self.config.packet_generator):
            location = self.source.field_location("packet_generator", index)
            text = f'Unable to find PacketGenerator "{generator.packet_generator}". mpgraph has none.'
            hint = "Write it as a calculator without streams."
            errors.append(NotFoundError(text, location=location, hint=hint, rule="legacy"))
        for index, handler in enumerate(self.config.status_handler):
            location = self.source.field_location("status_handler", index)
            text = f'Unable to find StatusHandler "{handler.status_handler}". mpgraph has none.'
            hint = "Remove it; the wait calls of the graph raise errors."
            errors.append(NotFoundError(text, location=location, hint=hint, rule="legacy"))
        return errors

    def _parse_graph_ports(self) -> list[MpgraphError]:
        errors: list[MpgraphError] = []
        maps = []
        for name in (INPUT, OUTPUT):
            ports, bad_entries = parse_ports(getattr(self.config, name))
            maps.append(ports)
            for error, index in bad_entries:
                location = self.source.field_location(name, index)
                errors.append(with_context(error, f"{name} of the graph: ", location))
        self.graph_inputs, self.graph_outputs = maps
        return errors

    def _sort(self, lost: Iterable[str]) -> list[MpgraphError]:
        try:
            order = order_of(self.nodes, self.edges)
        except MpgraphError as error:
            return list(all_cycles(self.nodes, self.edges)) if self.everything else [error]
        if order != list(range(len(self.nodes))):
            # Edges refer to nodes by position.
            self.nodes = [self.nodes[index] for index in order]
            self.edges = connect(self.nodes, self.graph_inputs, self.source, lost)
        return []

    def model(self) -> GraphModel:
        """Return the model; only valid once all stages ran without errors."""
        assert self.types is not None
        self.types.fill()
        config = self.config
        sorted_configs = [node.config for node in self.nodes]
        config.ClearField("node")
        config.node.extend(sorted_configs)
        names = canonical_names(sorted_configs)  # Numbered in sorted order, as in MediaPipe.
        nodes = [self._validated(index, names[index], node) for index, node in enumerate(self.nodes)]
        executors = executor_specs(config)
        return GraphModel(
            config=config,
            nodes=nodes,
            graph_inputs=self.graph_inputs,
            graph_outputs=self.graph_outputs,
            streams=self.edges.streams,
            side_packets=self.edges.side_packets,
            required_side_packets=[
                edge.name for edge in self.edges.side_packets.values() if edge.producer is None
            ],
            executors=executors,
            num_threads=next(executor.num_threads for executor in executors if not executor.name),
            max_queue_size=config.max_queue_size,
            report_deadlock=config.report_deadlock,
        )

    def _validated(self, index: int, name: str, node: CheckedNode) -> ValidatedNode:
        assert node.calculator is not None and node.contract is not None and self.types is not None
        config, contract = self.config.node[index], node.contract
        return ValidatedNode(
            id=index,
            name=name,
            label=debug_label(config),
            config=config,
            calculator=node.calculator,
            contract=contract,
            options=node.options,
            inputs=node.inputs,
            outputs=node.outputs,
            side_inputs=node.side_inputs,
            side_outputs=node.side_outputs,
            input_types=self.types.all_of(contract.inputs),
            output_types=self.types.all_of(contract.outputs),
            side_input_types=self.types.all_of(contract.side_inputs),
            side_output_types=self.types.all_of(contract.side_outputs),
            back_edges=node.back_edges,
            handler=handler_of(node),
            executor=config.executor,
            source_layer=config.source_layer,
            max_in_flight=config.max_in_flight or contract.max_in_flight,
            buffer_size_hint=config.buffer_size_hint,
            location=node.flat.location,
            path=node.flat.path,
            locations=node.flat.locations(),
        )


def handler_of(node: CheckedNode) -> HandlerConfig:
    """Return the input stream handler of a node: its own or the graph's, its contract's, or the default."""
    if node.config.HasField("input_stream_handler"):
        handler = node.config.input_stream_handler
        return HandlerConfig(handler.input_stream_handler, handler.options)
    contract = node.contract
    if contract is not None and contract.input_stream_handler:
        return HandlerConfig(contract.input_stream_handler, contract.input_stream_handler_options)
    return HandlerConfig(DEFAULT_HANDLER)
