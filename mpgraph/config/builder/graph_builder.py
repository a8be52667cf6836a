"""GraphBuilder: graphs written in Python."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, TypeVar, overload

from mpgraph.config.builder.checks import shortcuts
from mpgraph.config.builder.config import GraphDraft, config_of
from mpgraph.config.builder.handles import (
    GraphOutput,
    GraphSideOutput,
    Loop,
    OutputHandle,
    SidePacketHandle,
    Source,
    Stream,
    check_name,
)
from mpgraph.config.builder.node import NodeHandle, source_of
from mpgraph.config.builder.options import constant_value, fill, options_message, put_options
from mpgraph.config.builder.signature import NodeSignature, PortKey, of_graph, signature_of
from mpgraph.config.notebook_display import NotebookDisplay
from mpgraph.config.options import node_options
from mpgraph.config.port_lists import INPUT, OUTPUT, SIDE_INPUT, SIDE_OUTPUT
from mpgraph.config.source import GraphSource, load_graph
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.config.text.printing import message_to_text
from mpgraph.errors import ConfigError, InvalidArgumentError, Location, did_you_mean
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.packet_type import AnyType
from mpgraph.framework.source_location import of_code
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagIndex, parse_entry, parse_tag_index
from mpgraph.framework.user_code import caller_location
from mpgraph.protos import calculator_pb2, thread_pool_executor_pb2

T = TypeVar("T")
S = TypeVar("S", bound=Source[Any])
Out = TypeVar("Out", bound=OutputHandle)


class GraphBuilder(NotebookDisplay):
    """A graph under construction.

        graph = mp.GraphBuilder()
        frames = graph.input("IMAGE:input_video", mp.ImageFrame)
        finished = graph.loop()
        limited = graph.node("FlowLimiterCalculator", frames, FINISHED=finished)
        mask = graph.node("SelfieSegmentationCpu", IMAGE=limited).output("SEGMENTATION_MASK")
        mask >> finished
        graph.output("MASK:mask", mask)

        with mp.CalculatorGraph(graph_config=graph) as running: ...

    A builder is accepted wherever a graph is; `text()` returns the same graph as a .pbtxt file. Errors are
    raised as ConfigError with their location in the program, such as `blur.py:12:9`.

    type: the graph's name, if it is a subgraph. package: the prefix of the calculators' names.
    num_threads: of the default executor; 0 for the number of processors.
    max_queue_size: how many packets a stream holds before its producers wait; 0 for 100, -1 for no bound.
    report_deadlock: whether a deadlock ends the run with an error, rather than being solved by larger queues.
    input_stream_handler: for every node that sets none.
    options: of the graph, a message of mpgraph.protos; read by `option_value` in its nodes.
    fields: other fields of CalculatorGraphConfig, such as profiler_config={"trace_enabled": True}.
    """

    def __init__(
        self,
        type: str = "",
        *,
        package: str = "",
        num_threads: int = 0,
        max_queue_size: int = 0,
        report_deadlock: bool = False,
        input_stream_handler: str = "",
        options: Any = None,
        **fields: Any,
    ) -> None:
        self._location = caller_location()
        base = calculator_pb2.CalculatorGraphConfig(
            type=type,
            package=package,
            num_threads=num_threads,
            max_queue_size=max_queue_size,
            report_deadlock=report_deadlock,
        )
        if input_stream_handler:
            base.input_stream_handler.input_stream_handler = input_stream_handler
        if options is not None:
            put_options(base, options)
        _fill(base, fields, self._location)
        self._draft = GraphDraft(self._location, base)
        self._files = SubgraphFiles()

    # Ports of the graph

    @overload
    def input(self, port: str, type: type[T], *, name: str = "") -> Stream[T]: ...
    @overload
    def input(self, port: str = "", type: object = AnyType, *, name: str = "") -> Stream[Any]: ...
    def input(self, port: str = "", type: Any = AnyType, *, name: str = "") -> Stream[Any]:
        """Add an input stream to the graph and return it.

        port: as in the text of a graph: "IMAGE:input_video", or just the tag, or just the name. Ports of
            one tag are numbered in the order in which they are added.
        type: of its payloads: a class, a payload type, or a tuple of these.
        name: of the stream; by default the tag in lower case.
        Raises ConfigError for a port or name that is not valid or already exists.
        """
        return self._add_input(Stream, INPUT, port, type, name)

    @overload
    def side_input(self, port: str, type: type[T], *, name: str = "") -> SidePacketHandle[T]: ...
    @overload
    def side_input(
        self, port: str = "", type: object = AnyType, *, name: str = ""
    ) -> SidePacketHandle[Any]: ...
    def side_input(self, port: str = "", type: Any = AnyType, *, name: str = "") -> SidePacketHandle[Any]:
        """Add an input side packet to the graph and return it; arguments and errors as of `input`."""
        return self._add_input(SidePacketHandle, SIDE_INPUT, port, type, name)

    def output(
        self, port: str = "", stream: Stream[Any] | NodeHandle | None = None, *, name: str = ""
    ) -> GraphOutput:
        """Make a stream an output of the graph.

        port: as of `input`: "MASK:mask", "MASK" or "mask"; a name becomes the stream's name.
        stream: may be left out and sent into the returned output: `stream >> graph.output("mask")`.
        Raises ConfigError for a port that already exists, and for a stream with another name.
        """
        return self._add_output(GraphOutput, OUTPUT, port, stream, name)

    def side_output(
        self, port: str = "", packet: SidePacketHandle[Any] | None = None, *, name: str = ""
    ) -> GraphSideOutput:
        """Make a side packet an output of the graph; arguments and errors as of `output`."""
        return self._add_output(GraphSideOutput, SIDE_OUTPUT, port, packet, name)

    # Inside the graph

    @overload
    def loop(self, type: type[T], *, name: str = "") -> Loop[T]: ...
    @overload
    def loop(self, type: object = AnyType, *, name: str = "") -> Loop[Any]: ...
    def loop(self, type: Any = AnyType, *, name: str = "") -> Loop[Any]:
        """Return a stream that can be used before its producer is added: a back edge.

        It is closed by the producer's stream: `mask >> loop`.
        type: of its payloads. name: of the stream.
        """
        location = caller_location()
        if name:
            check_name(name, location)
        loop: Loop[Any] = Loop(self, None, ("", 0), type, location, name)
        self._draft.loops.append(loop)
        return loop

    def node(
        self,
        calculator: str | type[Calculator] | type[Subgraph] | Callable[..., Any],
        *streams: Stream[Any] | NodeHandle,
        name: str = "",
        options: object = None,
        executor: str = "",
        max_in_flight: int = 0,
        buffer_size_hint: int = 0,
        source_layer: int = 0,
        input_stream_handler: str = "",
        input_stream_handler_options: Any = None,
        **keywords: Any,
    ) -> NodeHandle:
        """Add a node and return it; used as a stream, it is its only output.

            graph.node(Blur, frames, radius=3)
            graph.node("BlurCalculator", IMAGE=frames, options=Blur.Options(radius=3))

        calculator: the name of a calculator or subgraph, its class, or a decorated function.
        streams: for the inputs, in the order in which the class declares them.
        name: of the node; by default that of its calculator.
        options: an instance of its dataclass, a dict, or a message of mpgraph.protos.
        executor: the name of the executor that runs it. max_in_flight: how many timestamps it may process
            concurrently.
        buffer_size_hint, source_layer: as in CalculatorGraphConfig.Node.
        input_stream_handler: its name. input_stream_handler_options: a message of mpgraph.protos.
        keywords: in CAPITALS the streams and side packets for the ports of these tags (a list for a repeated
            port; None is ignored), in lower case single options.
        Raises ConfigError for an unknown port or option, a stream of another type and so on.
        """
        location = caller_location()
        signature = signature_of(calculator, self._files, self._draft.base.package, location)
        message = calculator_pb2.CalculatorGraphConfig.Node(
            calculator=signature.name,
            name=name,
            executor=executor,
            max_in_flight=max_in_flight,
            buffer_size_hint=buffer_size_hint,
            source_layer=source_layer,
        )
        if input_stream_handler:
            message.input_stream_handler.input_stream_handler = input_stream_handler
        if input_stream_handler_options is not None:
            put_options(message.input_stream_handler, input_stream_handler_options)
        _refuse_lower_case_tags(signature, keywords, location)
        tags = {key: value for key, value in keywords.items() if key == key.upper()}
        fields = {key: value for key, value in keywords.items() if key not in tags}
        options_of_node = options_message(signature, options, fields, location)
        if options_of_node is not None:
            put_options(message, options_of_node)
        signature = _with_ports(signature, message)
        node = NodeHandle(self, signature, location, message)
        node.connect(*streams, **tags)
        self._draft.nodes.append(node)
        return node

    def constant(self, value: T, *, name: str = "") -> SidePacketHandle[T]:
        """Add a side packet with a constant value, and return it.

        value: a bool, int, float, str, list of str, or a message that ConstantSidePacketCalculator supports.
        Raises ConfigError for any other.
        """
        location = caller_location()
        try:
            packet = constant_value(value)
        except ConfigError as error:
            raise ConfigError(error.message, location=location) from error
        node = self.node("ConstantSidePacketCalculator", packet=[packet])
        constant: SidePacketHandle[Any] = node.side_output("PACKET")
        constant._type = type(value)
        return constant.named(name) if name else constant

    def executor(self, name: str, type: str = "ThreadPoolExecutor", **options: Any) -> str:
        """Declare an executor and return its name, for `node(executor=...)`.

        type: "" for an executor that the application supplies. options: fields of
        ThreadPoolExecutorOptions, such as num_threads.
        Raises ConfigError if the name is taken, or there is no such option.
        """
        location = caller_location()
        if any(executor.name == name for executor in self._draft.base.executor):
            raise ConfigError(f'There is an executor "{name}" already.', location=location)
        executor = calculator_pb2.ExecutorConfig(name=name, type=type)
        if options:
            extension = thread_pool_executor_pb2.ThreadPoolExecutorOptions.ext
            _fill(executor.options.Extensions[extension], options, location)
        self._draft.base.executor.append(executor)
        return name

    # Results

    def build(self) -> Any:
        """Return the graph as a CalculatorGraphConfig message of mpgraph.protos.

        Raises ConfigError if the graph is not finished: an open loop, an output without a stream, a required
        input that is not connected.
        """
        return config_of(self._draft).config

    def text(self) -> str:
        """Return the graph as the text of a .pbtxt file; errors as of `build`."""
        return message_to_text(self.build())

    def graph_source(self) -> GraphSource:
        """Return the graph with its locations in this program, like a loaded graph; errors as of `build`."""
        return config_of(self._draft)

    def __repr__(self) -> str:
        kind = self._draft.base.type
        return f"<mpgraph.GraphBuilder{f' of {kind}' if kind else ''} with {len(self._draft.nodes)} nodes>"

    def _add_input(self, cls: type[S], field: str, port: str, type: Any, name: str) -> S:
        location = caller_location()
        key, name = self._port(port, name, field, location)
        source = cls(self, None, key, type, location, name)
        self._draft.ports[field].append(source)
        return source

    def _add_output(self, cls: type[Out], field: str, port: str, source: object, name: str) -> Out:
        location = caller_location()
        key, name = self._port(port, name, field, location)
        output = cls(self, key, name, location)
        if source is not None:
            output._receive(source_of(source, self, location), location)
        self._draft.ports[field].append(output)
        return output

    def _port(self, port: str, name: str, field: str, location: Location) -> tuple[PortKey, str]:
        """The tag and index, and the name, of a new port of the graph."""
        key, given = _parsed(port, location)
        if name and given and name != given:
            raise ConfigError(f'The port "{port}" cannot also be called "{name}".', location=location)
        if name:
            check_name(name, location)
        before = [other._key for other in self._draft.ports[field]]
        if key.index >= 0 and (key.tag, key.index) in before:
            raise ConfigError(f'The graph has a port "{key}" already.', location=location)
        index = key.index if key.index >= 0 else sum(tag == key.tag for tag, _ in before)
        return (key.tag, index), name or given


def _fill(message: Any, values: dict[str, Any], location: Location) -> None:
    try:
        fill(message, values)
    except ConfigError as error:
        raise error.with_context(location=location) from error


def _refuse_lower_case_tags(signature: NodeSignature, keywords: dict[str, Any], location: Location) -> None:
    """Raise ConfigError for `image=frames`, which should be `IMAGE=frames`."""
    for key, value in keywords.items():
        if isinstance(value, (Source, NodeHandle)) and key != key.upper():
            raise ConfigError(
                f"{signature.name} cannot take {value} as its option {key}. Write {key.upper()}= for the "
                "port of that tag.",
                location=location,
            )


def builds(cls: type[Subgraph]) -> bool:
    """Whether a subgraph's class defines its graph in `build` rather than in `get_config`."""
    return getattr(cls.build, "__func__", None) is not Subgraph.__dict__["build"].__func__


def write_subgraph(cls: type[Subgraph], node: Any) -> Any:
    """Build the graph of a subgraph's class for a node; return an argument for `load_graph`.

    Raises the errors of its `build`, and ConfigError if the node's options do not fit the class.
    """
    graph = GraphBuilder(cls.__name__)
    code = getattr(getattr(cls.build, "__func__", None), "__code__", None)
    written_at = getattr(cls, "defined_at", None) or (of_code(code) if code else None)
    if written_at is not None:  # The caller of this function is not the author of the graph.
        graph._draft.location = written_at
    returned = cls.build(graph, node_options(node, cls))
    if returned is not None:
        return returned
    for error in shortcuts(graph._draft.ports[OUTPUT]):
        raise error
    return graph


_writing: ContextVar[tuple[type[Subgraph], ...]] = ContextVar("_writing", default=())
"""The subgraphs that are being built for their ports, to stop at a subgraph that contains itself."""


def _with_ports(signature: NodeSignature, node: Any) -> NodeSignature:
    """Return a node's signature; a subgraph built in Python has the ports that the options give it."""
    owner = signature.owner
    if owner is None or not issubclass(owner, Subgraph) or not builds(owner) or owner in _writing.get():
        return signature
    token = _writing.set((*_writing.get(), owner))
    try:
        graph = write_subgraph(owner, node)
        if not isinstance(graph, GraphBuilder):
            return replace(of_graph(signature.name, load_graph(graph)), owner=owner)
        ports = graph._draft.declared_ports()
    finally:
        _writing.reset(token)
    return replace(signature, ports=ports, is_complete=True)


def _parsed(port: str, location: Location) -> tuple[TagIndex, str]:
    """Parse a port as written in text format; the index is -1 if it is left out."""
    try:
        if not port:
            return TagIndex("", -1), ""
        tag, _, rest = port.partition(":")
        if tag == tag.upper() and (not rest or rest.isdigit()):
            found = parse_tag_index(port)
            return TagIndex(found.tag, found.index if rest else -1), ""
        entry = parse_entry(port)
        explicit = entry.index is not None and port.count(":") == 2
        return TagIndex(entry.tag, entry.index if explicit and entry.index is not None else -1), entry.name
    except InvalidArgumentError as error:
        hint = did_you_mean(port, [port.upper(), port.lower()])
        raise ConfigError(f"{error.message}{hint}", location=location) from error
