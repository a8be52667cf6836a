"""Each node by itself: its ports, its calculator, its options and the contract between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from mpgraph import plugins
from mpgraph.calculator_base import Calculator
from mpgraph.config.flat import PORT_LISTS, FlatNode, canonical_names
from mpgraph.config.options import adopt_options, node_options, refuse_duplicates
from mpgraph.config.problems import in_node, relayed
from mpgraph.contract import Contract
from mpgraph.errors import (
    ConfigError,
    InternalError,
    InvalidArgumentError,
    MpgraphError,
    NotFoundError,
    UnknownError,
    did_you_mean,
)
from mpgraph.registry import CALCULATORS
from mpgraph.tags import TagMap, parse_entry, parse_tag_index


@dataclass
class CheckedNode:
    """A node whose ports parse; `calculator` and `contract` are there unless it has errors."""

    flat: FlatNode
    name: str
    inputs: TagMap
    outputs: TagMap
    side_inputs: TagMap
    side_outputs: TagMap
    back_edges: list[bool]
    calculator: type[Calculator] | None = None
    contract: Contract | None = None
    options: Any = None

    @property
    def config(self) -> Any:
        """The node's message."""
        return self.flat.config


@dataclass
class CheckedNodes:
    """The nodes of a graph after this stage. `lost` are the outputs of nodes that do not parse."""

    nodes: list[CheckedNode] = field(default_factory=list)
    errors: list[MpgraphError] = field(default_factory=list)
    lost: list[FlatNode] = field(default_factory=list)


def check_nodes(
    nodes: Sequence[FlatNode], package: str, subgraphs: Callable[[str], Sequence[str]]
) -> CheckedNodes:
    """Check every node by itself.

    package: the graph's, in which names of calculators are looked up first.
    subgraphs: gives the names of subgraphs that a file knows, to suggest for an unknown calculator.
    """
    result = CheckedNodes()
    for flat, name in zip(nodes, canonical_names([node.config for node in nodes]), strict=True):
        tag_maps, errors = _tag_maps(flat, name)
        if errors:
            result.errors += errors
            result.lost.append(flat)
            continue
        inputs, outputs, side_inputs, side_outputs = tag_maps
        back_edges = [False] * len(inputs)
        node = CheckedNode(flat, name, inputs, outputs, side_inputs, side_outputs, back_edges)
        result.nodes.append(node)
        try:
            _mark_back_edges(node)
            refuse_duplicates(node.config, flat.source)
            _find_calculator(node, package, subgraphs)
            adopt_options(node.config, node.calculator, flat.source)
            node.options = node_options(node.config, node.calculator)
            result.errors += _make_contract(node)
        except MpgraphError as error:
            result.errors.append(relayed(error, "", flat.location, _unless_told(error, flat, name)))
    return result


def _unless_told(error: MpgraphError, flat: FlatNode, name: str) -> str:
    return "" if f'"{name}"' in error.message else in_node(flat, name)


def _tag_maps(flat: FlatNode, name: str) -> tuple[list[TagMap], list[MpgraphError]]:
    maps, errors = [], []
    for port_list in PORT_LISTS:
        entries = getattr(flat.config, port_list)
        try:
            maps.append(TagMap(entries))
        except MpgraphError as first:
            for error, index in bad_entries(entries, first):
                what = f"{port_list}: {error.message}{in_node(flat, name)}"
                text = f"Unable to initialize TagMaps for node. {what}"
                errors.append(UnknownError(text, location=flat.place(port_list, index)))
    return maps, list(errors)


def bad_entries(entries: Sequence[str], first: MpgraphError) -> Iterator[tuple[MpgraphError, int]]:
    """Yield each entry that does not parse, else the error that making the map raised, with its entry."""
    found = False
    for index, entry in enumerate(entries):
        try:
            parse_entry(entry)
        except InvalidArgumentError as error:
            found = True
            yield error, index
    if not found:
        yield first, _second(entries)


def _second(entries: Sequence[str]) -> int:
    """The first entry that takes a port which is taken; a gap among the indexes is nobody's."""
    taken: set[tuple[str, int]] = set()
    for index, text in enumerate(entries):
        entry = parse_entry(text)
        if entry.index is not None:
            if (entry.tag, entry.index) in taken:
                return index
            taken.add((entry.tag, entry.index))
    return 0


def _mark_back_edges(node: CheckedNode) -> None:
    used: set[int] = set()
    for index, info in enumerate(node.config.input_stream_info):
        location = node.flat.place("input_stream_info", index)
        try:
            port = parse_tag_index(info.tag_index)
        except InvalidArgumentError as error:
            raise relayed(error, "", location) from error
        position = node.inputs.id(port.tag, port.index)
        if position is None:
            known = [str(port) for port in node.inputs.ports]
            raise ConfigError(
                f'Input stream with tag_index "{info.tag_index}" requested in InputStreamInfo but is not an '
                f"input stream of the calculator.{did_you_mean(info.tag_index, known)}",
                location=location,
            )
        if position in used:
            raise ConfigError(
                f'Input stream with tag_index "{info.tag_index}" has more than one InputStreamInfo. '
                "Keep one of them.",
                location=location,
            )
        used.add(position)
        node.back_edges[position] = info.back_edge


def _find_calculator(node: CheckedNode, package: str, subgraphs: Callable[[str], Sequence[str]]) -> None:
    wanted = node.config.calculator
    try:
        node.calculator = CALCULATORS.find(wanted, package)
    except ImportError as error:
        raise InternalError(f'Calculator "{wanted}" cannot be loaded: {error}') from error
    if node.calculator is None:
        location = node.flat.location
        known = subgraphs(location.file if location else "")
        offered = [plugin.name for plugin in plugins.installed() if plugin.attribute]
        hint = did_you_mean(wanted, [*CALCULATORS.names(), *offered, *known]) or (
            " Register its class with @mpgraph.register before the graph is made, or put the graph of that "
            f'name, if it is one, where subgraphs are looked for, as "{_file_name(wanted)}".'
        )
        raise NotFoundError(
            f'Unable to find Calculator "{wanted}".{hint}', location=node.flat.place("calculator", 0)
        )


def _file_name(calculator: str) -> str:
    """The file in which a subgraph of that name is looked for: snake case."""
    name = "".join(
        f"_{letter.lower()}" if letter.isupper() and index else letter.lower()
        for index, letter in enumerate(calculator)
    )
    return f"{name}.pbtxt"


def _make_contract(node: CheckedNode) -> list[MpgraphError]:
    """Let the calculator fill the contract; return what of the node's ports does not fit it."""
    calculator = node.calculator
    assert calculator is not None
    contract = Contract(
        node.name, node.options, node.inputs, node.outputs, node.side_inputs, node.side_outputs
    )
    try:
        calculator.get_contract(contract)
    except Exception as error:
        # Written by anyone, so it may raise anything; none of it may hide which node it was.
        where = in_node(node.flat, node.name)
        raise relayed(error, f"{node.config.calculator}: ", node.flat.location, where) from error
    errors: list[MpgraphError] = []
    lists = (contract.inputs, contract.outputs, contract.side_inputs, contract.side_outputs)
    for port_list, specs in zip(PORT_LISTS, lists, strict=True):
        problems = list(specs.problems())
        # Required ports that are missing come first, then one for each unexpected port.
        undeclared = [specs.tags.positions[i] for i, spec in enumerate(specs) if not spec.declared]
        places = [node.flat.place(port_list, index) for index in undeclared]
        missing = len(problems) - len(places)
        for problem, place in zip(problems, [node.flat.location] * missing + places, strict=True):
            text = f"{node.config.calculator}::GetContract failed to validate: {problem}"
            errors.append(ConfigError(text + in_node(node.flat, node.name), location=place))
    if not errors:
        node.contract = contract
    return errors
