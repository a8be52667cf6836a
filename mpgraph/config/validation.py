"""From a graph as its author wrote it to the model that runs, or to a list of all that is wrong with it.

The stages and their order are MediaPipe's (framework/validated_graph_config.cc), so the first thing
`validate` complains about is what MediaPipe would complain about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mpgraph.config.binding import ConfigErrors
from mpgraph.config.edges import Edges, connect, missing_producers, order_of
from mpgraph.config.executors import add_default_executor, executor_errors, executor_specs
from mpgraph.config.flat import FlatNode, canonical_names, debug_label
from mpgraph.config.model import GraphModel, HandlerConfig, ValidatedNode
from mpgraph.config.node_contracts import CheckedNode, bad_entries, check_nodes
from mpgraph.config.options import unread_framework_options
from mpgraph.config.problems import raise_all, relayed
from mpgraph.config.source import GraphSource, load_graph
from mpgraph.config.subgraphs import SubgraphNames, expand
from mpgraph.config.type_resolution import TypeResolution
from mpgraph.errors import ConfigError, MpgraphError, NotFoundError
from mpgraph.tags import TagMap

DEFAULT_HANDLER = "DefaultInputStreamHandler"


def validate(source: object, *, subgraphs: Mapping[str, object] | Sequence[object] = ()) -> GraphModel:
    """Return the validated model of a graph.

    source: anything `mpgraph.config.source.load_graph` takes: a path, text, bytes or a message.
    subgraphs: such graphs that nodes may name, by name, or by the `type` in them.
    Raises the error MediaPipe's status stands for: ConfigError (a ValueError), NotFoundError or
    UnknownError (RuntimeErrors) and so on; `causes` of the error has those of all nodes.
    """
    pipeline = _Pipeline(load_graph(source), SubgraphNames(subgraphs))
    for stage in pipeline.stages():
        raise_all(stage.comment, stage.errors) if stage.comment else _raise_first(stage.errors)
    return pipeline.model()


def find_errors(
    source: object, subgraphs: Mapping[str, object] | Sequence[object] = (), file: str = "<string>"
) -> list[MpgraphError]:
    """Return everything that is wrong with a graph, in the order of the stages. Arguments as `validate`."""
    try:
        pipeline = _Pipeline(load_graph(source, file), SubgraphNames(subgraphs))
        found = [error for stage in pipeline.stages() for error in stage.errors]
    except MpgraphError as error:
        found = [error]
    # One file may have several mistakes.
    return [one for error in found for one in (error.errors if isinstance(error, ConfigErrors) else [error])]


def empty_model() -> GraphModel:
    """Return the model of a graph with nothing in it."""
    return validate("")


def _raise_first(errors: Sequence[MpgraphError]) -> None:
    if errors:
        raise errors[0]


@dataclass
class _Stage:
    errors: list[MpgraphError] = field(default_factory=list)
    comment: str = ""


class _Pipeline:
    """One graph on its way. `stages` does the work; each stage goes as far as the ones before allow."""

    def __init__(self, source: GraphSource, names: SubgraphNames) -> None:
        self.source = source
        self.names = names
        self.config = type(source.config)()
        self.config.CopyFrom(source.config)
        self.flat: list[FlatNode] = []
        self.nodes: list[CheckedNode] = []
        self.graph_inputs = TagMap()
        self.graph_outputs = TagMap()
        self.edges = Edges()
        self.types: TypeResolution | None = None

    def stages(self) -> Iterator[_Stage]:
        expansion = expand(self.source, self.config, self.names)
        self.flat = expansion.nodes
        unread = unread_framework_options(self.source)
        yield _Stage([*unread, *expansion.errors, *self.add_executor()])
        self.copy_handler()
        checked = check_nodes(self.flat, self.config.package, self.names.names)
        checked.lost += expansion.lost
        self.nodes = checked.nodes
        yield _Stage(self.legacy_errors() + checked.errors, "ValidatedGraphConfig Initialization failed.")
        yield _Stage(self.parse_graph_ports())
        self.edges = connect(self.nodes, self.graph_inputs, self.source, checked.lost)
        yield _Stage(self.edges.errors)
        yield _Stage(self.sort(checked.lost))
        yield _Stage(missing_producers(self.nodes, self.edges))
        self.types = TypeResolution(self.nodes, self.edges)
        yield _Stage(self.types.errors())
        yield _Stage(executor_errors(self.config, [node.flat for node in self.nodes], self.source))

    def add_executor(self) -> list[MpgraphError]:
        try:
            add_default_executor(self.config, self.source)
        except ConfigError as error:
            return [error]
        return []

    def copy_handler(self) -> None:
        if self.config.HasField("input_stream_handler"):
            for node in self.flat:
                if not node.config.HasField("input_stream_handler"):
                    node.config.input_stream_handler.CopyFrom(self.config.input_stream_handler)

    def legacy_errors(self) -> list[MpgraphError]:
        errors: list[MpgraphError] = []
        for index, generator in enumerate(self.config.packet_generator):
            place = self.source.field_location("packet_generator", index)
            text = (
                f'Unable to find PacketGenerator "{generator.packet_generator}". mpgraph has none: write it '
            )
            errors.append(NotFoundError(text + "as a calculator without streams.", location=place))
        for index, handler in enumerate(self.config.status_handler):
            place = self.source.field_location("status_handler", index)
            text = f'Unable to find StatusHandler "{handler.status_handler}". mpgraph has none.'
            errors.append(NotFoundError(text, location=place))
        return errors

    def parse_graph_ports(self) -> list[MpgraphError]:
        errors: list[MpgraphError] = []
        maps = []
        for name in ("input_stream", "output_stream"):
            entries = getattr(self.config, name)
            try:
                maps.append(TagMap(entries))
            except MpgraphError as first:
                maps.append(TagMap())
                for error, index in bad_entries(entries, first):
                    location = self.source.field_location(name, index)
                    errors.append(relayed(error, f"{name} of the graph: ", location))
        self.graph_inputs, self.graph_outputs = maps
        return errors

    def sort(self, lost: Sequence[FlatNode]) -> list[MpgraphError]:
        try:
            order = order_of(self.nodes, self.edges)
        except MpgraphError as error:
            return [error]
        if order != list(range(len(self.nodes))):
            self.nodes = [self.nodes[index] for index in order]
            self.edges = connect(self.nodes, self.graph_inputs, self.source, lost)
        return []

    def model(self) -> GraphModel:
        """The model; only after all stages found nothing."""
        assert self.types is not None
        self.types.fill()
        sorted_configs = [node.config for node in self.nodes]
        nodes = [
            self.validated(index, name, node)
            for index, (name, node) in enumerate(
                zip(canonical_names(sorted_configs), self.nodes, strict=True)
            )
        ]
        config = self.config
        config.ClearField("node")
        config.node.extend(sorted_configs)
        for validated, message in zip(nodes, config.node, strict=True):
            validated.config = message
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

    def validated(self, index: int, name: str, node: CheckedNode) -> ValidatedNode:
        assert node.calculator is not None and node.contract is not None and self.types is not None
        config, contract = node.config, node.contract
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
            handler=_handler(config, node),
            executor=config.executor,
            source_layer=config.source_layer,
            max_in_flight=config.max_in_flight or contract.max_in_flight,
            buffer_size_hint=config.buffer_size_hint,
            location=node.flat.location,
            path=node.flat.path,
        )


def _handler(config: Any, node: CheckedNode) -> HandlerConfig:
    """The graph's choice, else the calculator's, else the default handler."""
    if config.HasField("input_stream_handler"):
        handler = config.input_stream_handler
        return HandlerConfig(handler.input_stream_handler, handler.options)
    contract = node.contract
    if contract is not None and contract.input_stream_handler:
        return HandlerConfig(contract.input_stream_handler, contract.input_stream_handler_options)
    return HandlerConfig(DEFAULT_HANDLER)
