"""Validation of each node by itself: its ports, calculator, options, and the contract between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mpgraph.config.flat import Connection, FlatNode, canonical_names, parse_ports
from mpgraph.config.options import adopt_options, node_options, option_problems, refuse_duplicates
from mpgraph.config.port_lists import PORT_ATTRIBUTES, PORT_LISTS
from mpgraph.config.problems import in_node, with_context
from mpgraph.config.validation.handler_options import handler_problems
from mpgraph.config.validation.unknown_calculators import hint_for_unknown
from mpgraph.errors import (
    ConfigError,
    InternalError,
    InvalidArgumentError,
    Location,
    MpgraphError,
    NotFoundError,
    UnknownError,
    did_you_mean,
)
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.class_checks import HANDLER_NAMES
from mpgraph.framework.contract import Contract
from mpgraph.framework.registry import CALCULATORS
from mpgraph.framework.tags import TagMap, parse_tag_index
from mpgraph.framework.user_code import error_location
from mpgraph.protos.calculator_pb2 import CalculatorGraphConfig

OUTPUT_STREAM_HANDLER = "InOrderOutputStreamHandler"
OPTION_FIELDS = ("options", "node_options")


@dataclass
class CheckedNode:
    """A node with what its checks found; `calculator` and `contract` are set unless it has errors.

    parses: whether its port lists are valid. informed: positions of the inputs that have an InputStreamInfo.
    is_misinformed: whether an InputStreamInfo is wrong, so that a back edge may be missing.
    has_options: whether `options` could be read completely.
    """

    flat: FlatNode
    name: str
    inputs: TagMap
    outputs: TagMap
    side_inputs: TagMap
    side_outputs: TagMap
    back_edges: list[bool] = field(init=False)
    informed: set[int] = field(default_factory=set)
    is_misinformed: bool = False
    calculator: type[Calculator] | None = None
    contract: Contract | None = None
    options: Any = None
    has_options: bool = True
    parses: bool = True

    def __post_init__(self) -> None:
        self.back_edges = [False] * len(self.inputs)

    @property
    def config(self) -> Any:
        """The node's message."""
        return self.flat.config

    def ports(self, port_list: str) -> TagMap:
        """Return the ports of one list."""
        found: TagMap = getattr(self, PORT_ATTRIBUTES[port_list])
        return found

    def location_of(self, port_list: str, position: int) -> Location | None:
        """Return the location where a port is connected. position: of the port, in collection order."""
        # Ports are ordered by tag, locations as in the text.
        return self.flat.location_of(port_list, self.ports(port_list).positions[position])

    def connection(self, port_list: str, position: int) -> Connection:
        """Return where the author of the graph connected a port, outside of the subgraphs it passes."""
        passed = self.flat.passed.get((port_list, self.ports(port_list).names[position]))
        return passed or Connection(self.flat, self.name, self.location_of(port_list, position))


@dataclass
class CheckedNodes:
    """The nodes of a graph after this stage. lost: the nodes whose ports do not parse."""

    nodes: list[CheckedNode] = field(default_factory=list)
    errors: list[MpgraphError] = field(default_factory=list)
    lost: list[FlatNode] = field(default_factory=list)


def check_nodes(
    nodes: Sequence[FlatNode],
    package: str,
    subgraphs: Callable[[str], Sequence[str]],
    *,
    everything: bool = False,
) -> CheckedNodes:
    """Check every node by itself.

    package: the graph's, in which names of calculators are looked up first.
    subgraphs: returns the names of the subgraphs that a file can use, as suggestions for an unknown
        calculator.
    everything: whether to continue with a node after a check found errors, and to leave out errors that
        most likely only follow from those. MediaPipe stops there, and so leaves nothing out.
    """
    result = CheckedNodes()
    for flat, name in zip(nodes, canonical_names([node.config for node in nodes]), strict=True):
        tag_maps, errors = _tag_maps(flat, name)
        result.errors += errors
        inputs, outputs, side_inputs, side_outputs = tag_maps
        node = CheckedNode(flat, name, inputs, outputs, side_inputs, side_outputs, parses=not errors)
        if errors:
            result.lost.append(flat)
            if not everything:
                continue
        else:
            result.nodes.append(node)
        for check in _checks(node, package, subgraphs, everything):
            found = [_in_context(error, node) for error in check()]
            result.errors += found
            if found and not everything:
                break
    return result


def _checks(
    node: CheckedNode, package: str, subgraphs: Callable[[str], Sequence[str]], everything: bool
) -> Iterator[Callable[[], Iterable[MpgraphError]]]:
    """Yield the checks of a node one by one, in MediaPipe's order; each relies on those before it."""
    for index in range(len(node.config.input_stream_info) if node.parses else 0):
        yield partial(_mark_back_edge, node, index)
    yield partial(_caught, refuse_duplicates, node.config, node.flat.source)
    yield partial(_caught, _find_calculator, node, package, subgraphs)
    if node.calculator is not None:
        yield partial(_read_options, node)
        yield partial(_make_contract, node, everything)


def _caught(check: Callable[..., object], *arguments: Any) -> list[MpgraphError]:
    try:
        check(*arguments)
    except MpgraphError as error:
        return [error]
    return []


def _in_context(error: MpgraphError, node: CheckedNode) -> MpgraphError:
    """An error with its location and, unless the message has it already, the name of the node."""
    flat = node.flat
    suffix = "" if f'"{node.name}"' in error.message else in_node(flat, node.name)
    result = with_context(error, "", flat.location, suffix)
    if result.location and not result.location.used_at:
        result.location = flat.with_uses(result.location)
    return result


def _tag_maps(flat: FlatNode, name: str) -> tuple[list[TagMap], list[MpgraphError]]:
    """The node's four lists of ports, an empty list where the entries do not parse."""
    maps: list[TagMap] = []
    errors: list[MpgraphError] = []
    for port_list in PORT_LISTS:
        ports, bad_entries = parse_ports(getattr(flat.config, port_list))
        maps.append(ports)
        for error, index in bad_entries:
            what = f"{port_list}: {error.statement}{in_node(flat, name)}"
            text = f"Unable to initialize TagMaps for node. {what}"
            location, rule = flat.location_of(port_list, index), error.rule or "bad-port"
            errors.append(UnknownError(text, location=location, hint=error.hint, rule=rule))
    return maps, errors


def _mark_back_edge(node: CheckedNode, index: int) -> Iterator[MpgraphError]:
    info = node.config.input_stream_info[index]
    location = node.flat.location_of("input_stream_info", index)
    was_misinformed, node.is_misinformed = node.is_misinformed, True
    try:
        port = parse_tag_index(info.tag_index)
    except InvalidArgumentError as error:
        yield with_context(error, "", location)
        return
    position = node.inputs.id(port.tag, port.index)
    what = f'Input stream with tag_index "{info.tag_index}"'
    if position is None:
        known = [str(port) for port in node.inputs.ports]
        text = f"{what} requested in InputStreamInfo but is not an input stream of the calculator."
        hint = did_you_mean(info.tag_index, known) or f"The node has: {', '.join(known) or 'none'}."
        yield ConfigError(text, location=location, hint=hint, rule="unknown-port")
    elif position in node.informed:
        text = f"{what} has more than one InputStreamInfo."
        yield ConfigError(text, location=location, hint="Keep one of them.", rule="duplicate-info")
    else:
        node.informed.add(position)
        node.is_misinformed = was_misinformed
        node.back_edges[position] = info.back_edge


def _find_calculator(node: CheckedNode, package: str, subgraphs: Callable[[str], Sequence[str]]) -> None:
    wanted = node.config.calculator
    if not wanted:
        if not node.flat.source.damaged:
            text, hint = 'Unable to find Calculator "": the node names none.', 'Add calculator: "Name".'
            raise NotFoundError(text, location=node.flat.location, hint=hint, rule="missing-field")
        return
    try:
        node.calculator = CALCULATORS.find(wanted, package)
    except ImportError as error:
        text = f'Calculator "{wanted}" cannot be loaded: {error}'
        location = node.flat.location_of("calculator", 0)
        raise InternalError(text, location=location, rule="import-failed") from error
    if node.calculator is None:
        file = node.flat.location.file if node.flat.location else ""
        hint = hint_for_unknown(wanted, file, subgraphs(file))
        location = node.flat.location_of("calculator", 0)
        text = f'Unable to find Calculator "{wanted}".'
        raise NotFoundError(text, location=location, hint=hint, rule="unknown-calculator")


def _read_options(node: CheckedNode) -> list[MpgraphError]:
    """Set the node's options; return the errors in them."""
    source, calculator = node.flat.source, node.calculator
    node.has_options = False
    found = _caught(adopt_options, node.config, calculator, source)
    found = found or option_problems(node.config, calculator, source)
    if found:
        return found
    try:
        node.options = node_options(node.config, calculator)
    except MpgraphError as error:
        return [error]
    node.has_options = not any(item.name in OPTION_FIELDS for item in source.damaged)
    return []


def _make_contract(node: CheckedNode, everything: bool) -> Iterator[MpgraphError]:
    """Let the calculator fill the contract; yield the ports of the node that do not satisfy it."""
    calculator = node.calculator
    assert calculator is not None
    if not node.parses:
        return
    contract = Contract(node.name, node.options, *map(node.ports, PORT_LISTS))
    if not (node.has_options or _has_plain_contract(calculator)):
        # `get_contract` would fail because of the options, whose errors are reported already. The declared
        # ports suffice to find misspelt tags.
        contract.declare(calculator.ports)
        yield from _port_problems(node, contract, everything, only_near=True)
        return
    try:
        calculator.get_contract(contract)
    except Exception as error:
        if everything and node.flat.takes_options:
            return  # Most likely for want of options that another graph gives.
        # User code may raise anything; the error must still name the node.
        raised_at = None if isinstance(error, MpgraphError) else error_location(error)
        prefix, suffix = f"{node.config.calculator}: ", in_node(node.flat, node.name)
        location = node.flat.location
        yield with_context(error, prefix, location, suffix, raised_at=raised_at, rule="contract")
        node.contract = contract if everything else None  # The types that it has can still be compared.
        return
    problems = list(_port_problems(node, contract, everything))
    yield from problems
    if everything or not problems:
        node.contract = contract


def _has_plain_contract(calculator: type[Calculator]) -> bool:
    """Whether the contract is just the declared ports, whatever the options."""
    own: Any = calculator.get_contract
    base: Any = Calculator.get_contract
    return bool(own.__func__ is base.__func__)


def _port_problems(
    node: CheckedNode, contract: Contract, everything: bool, *, only_near: bool = False
) -> Iterator[MpgraphError]:
    """Yield an error for each missing required port and each unknown port, list by list.

    only_near: leave out everything but likely typos.
    """
    for port_list, attribute in PORT_ATTRIBUTES.items():
        problems = list(getattr(contract, attribute).problems())
        # A misspelt tag or field is a single error, although the right port is missing because of it.
        misspelt = everything and (any(problem.is_near for problem in problems) or _hides(node))
        for problem in problems:
            location, rule = node.flat.location, "missing-port"
            if problem.position is not None:
                location = node.location_of(port_list, problem.position)
                rule = "unknown-port"
            elif misspelt:
                continue
            if only_near and not problem.is_near:
                continue
            text = f"{node.config.calculator}::GetContract failed to validate: {problem.statement}"
            text += in_node(node.flat, node.name)
            yield ConfigError(text, location=location, hint=problem.hint, rule=rule)


def _hides(node: CheckedNode) -> bool:
    """Whether a damaged field may have been meant to connect a port."""
    known = node.config.DESCRIPTOR.fields_by_name
    return any(item.name in PORT_LISTS or item.name not in known for item in node.flat.source.damaged)


def limits(nodes: Sequence[CheckedNode]) -> Iterator[MpgraphError]:
    """Yield errors that MediaPipe detects only when the graph runs: unknown handlers and their options."""
    for node in nodes:
        config, flat = node.config, node.flat
        yield from handler_problems(config, node.inputs, partial(flat.location_of, "input_stream_handler", 0))
        handler = config.input_stream_handler.input_stream_handler
        if handler not in HANDLER_NAMES:
            location = flat.location_of("input_stream_handler", 0)
            hint = did_you_mean(handler, HANDLER_NAMES) or f"Known: {', '.join(sorted(HANDLER_NAMES))}."
            text = f'"{handler}" is not a registered input stream handler. (node "{node.name}")'
            yield NotFoundError(text, location=location, hint=hint, rule="unknown-handler")
        yield from output_handler_errors(config, flat.location_of("output_stream_handler", 0), node.name)


def output_handler_errors(
    config: CalculatorGraphConfig.Node, location: Location | None, node: str
) -> Iterator[NotFoundError]:
    """Yield the error about an unknown output stream handler of the node called `node`."""
    handler = config.output_stream_handler.output_stream_handler
    if handler not in ("", OUTPUT_STREAM_HANDLER):
        text = f'"{handler}" is not a registered output stream handler. (node "{node}")'
        hint = f"There is only {OUTPUT_STREAM_HANDLER}, the default."
        yield NotFoundError(text, location=location, hint=hint, rule="unknown-handler")
