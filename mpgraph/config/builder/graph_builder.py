"""GraphBuilder: a graph written in Python, with the same config as if it were written as text."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, TypeVar, overload

from mpgraph.config.builder.checks import shortcuts
from mpgraph.config.builder.config import Written, config_of
from mpgraph.config.builder.handles import (
    GraphOutput,
    GraphSideOutput,
    Loop,
    PortKey,
    SidePacketHandle,
    Source,
    Stream,
    check_name,
)
from mpgraph.config.builder.node import NodeHandle, source_of
from mpgraph.config.builder.options import constant_value, fill, options_message, put_options
from mpgraph.config.builder.place import author_place
from mpgraph.config.builder.signature import NodeSignature, of_graph, signature_of
from mpgraph.config.options import node_options
from mpgraph.config.source import GraphSource, load_graph
from mpgraph.config.subgraph_files import SubgraphFiles
from mpgraph.config.text.printing import graph_to_text
from mpgraph.errors import ConfigError, InvalidArgumentError, Location, did_you_mean
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.packet_type import AnyType
from mpgraph.framework.source_location import of_code
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.tags import TagIndex, parse_entry, parse_tag_index
from mpgraph.protos import calculator_pb2, extension_for

T = TypeVar("T")


class GraphBuilder:
    """A graph that is being written.

        graph = mp.GraphBuilder()
        frames = graph.input("IMAGE:input_video", mp.ImageFrame)
        finished = graph.loop()
        limited = graph.node("FlowLimiterCalculator", frames, FINISHED=finished)
        mask = graph.node("SelfieSegmentationCpu", IMAGE=limited).output("SEGMENTATION_MASK")
        mask >> finished
        graph.output("MASK:mask", mask)

        with mp.CalculatorGraph(graph_config=graph) as running: ...

    A builder is taken wherever a graph is; `text()` is the same graph as a .pbtxt file. What is wrong
    with it raises ConfigError with the place in the program that says it, like `blur.py:12:9`.

    type: the graph's name, if it is a subgraph. package: in which it names its calculators.
    num_threads: of the default executor, 0 for as many as there are processors.
    max_queue_size: how many packets a stream holds before its producers wait, 0 for 100, -1 for no bound.
    report_deadlock: whether a graph that waits for itself ends with an error rather than with larger queues.
    input_stream_handler: for every node that has none.
    options: of the graph, a message of mpgraph.protos; for `option_value` in its nodes.
    fields: any others of CalculatorGraphConfig, such as profiler_config={"trace_enabled": True}.
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
        self._place = author_place()
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
        _fill(base, fields, self._place)
        self._written = Written(self._place, base)
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
        name: of the stream; left out, it is the tag in lower case.
        Raises ConfigError for a port or name that is none, or that is there already.
        """
        place = author_place()
        key, name = self._port(port, name, "input_stream", place)
        stream: Stream[Any] = Stream(self, None, key, type, place, name)
        self._written.ports["input_stream"].append(stream)
        return stream

    @overload
    def side_input(self, port: str, type: type[T], *, name: str = "") -> SidePacketHandle[T]: ...
    @overload
    def side_input(
        self, port: str = "", type: object = AnyType, *, name: str = ""
    ) -> SidePacketHandle[Any]: ...
    def side_input(self, port: str = "", type: Any = AnyType, *, name: str = "") -> SidePacketHandle[Any]:
        """Add an input side packet to the graph and return it; arguments and errors as of `input`."""
        place = author_place()
        key, name = self._port(port, name, "input_side_packet", place)
        packet: SidePacketHandle[Any] = SidePacketHandle(self, None, key, type, place, name)
        self._written.ports["input_side_packet"].append(packet)
        return packet

    def output(
        self, port: str = "", stream: Stream[Any] | NodeHandle | None = None, *, name: str = ""
    ) -> GraphOutput:
        """Let a stream be an output of the graph.

        port: as of `input`: "MASK:mask", "MASK" or "mask"; a name that is given here is the stream's.
        stream: may be left out and be sent into what is returned: `stream >> graph.output("mask")`.
        Raises ConfigError for a port that is there already, and for a stream of another name.
        """
        place = author_place()
        key, name = self._port(port, name, "output_stream", place)
        output = GraphOutput(self, key, name, place)
        if stream is not None:
            output._receive(source_of(stream, self, place), place)
        self._written.ports["output_stream"].append(output)
        return output

    def side_output(
        self, port: str = "", packet: SidePacketHandle[Any] | None = None, *, name: str = ""
    ) -> GraphSideOutput:
        """Let a side packet be an output of the graph; arguments and errors as of `output`."""
        place = author_place()
        key, name = self._port(port, name, "output_side_packet", place)
        output = GraphSideOutput(self, key, name, place)
        if packet is not None:
            output._receive(source_of(packet, self, place), place)
        self._written.ports["output_side_packet"].append(output)
        return output

    # Inside the graph

    @overload
    def loop(self, type: type[T], *, name: str = "") -> Loop[T]: ...
    @overload
    def loop(self, type: object = AnyType, *, name: str = "") -> Loop[Any]: ...
    def loop(self, type: Any = AnyType, *, name: str = "") -> Loop[Any]:
        """Return a stream that is made further down, to be used before: a back edge.

        It is closed by the stream itself: `mask >> loop`.
        type: of its payloads. name: what the stream is to be called.
        """
        place = author_place()
        if name:
            check_name(name, place)
        loop: Loop[Any] = Loop(self, None, ("", 0), type, place, name)
        self._written.loops.append(loop)
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
        **words: Any,
    ) -> NodeHandle:
        """Add a node and return it; used as a stream, it is its only output.

            graph.node(Blur, frames, radius=3)
            graph.node("BlurCalculator", IMAGE=frames, options=Blur.Options(radius=3))

        calculator: the name of a calculator or subgraph, its class, or a function made one.
        streams: go to the inputs in the order in which the class declares them.
        name: the node's own; its calculator's if left out.
        options: an instance of its dataclass, a dict, or a message of mpgraph.protos.
        executor: on whose threads it runs. max_in_flight: how many timestamps it may work on at once.
        buffer_size_hint, source_layer: as in CalculatorGraphConfig.Node.
        input_stream_handler: by its name; its options as a message of mpgraph.protos.
        words: in CAPITALS what goes to the port of that tag (several to a repeated one as a list, None for
            nothing), in lower case the options one by one.
        Raises ConfigError for an unknown port or option, a stream of another type and the like.
        """
        place = author_place()
        signature = signature_of(calculator, self._files, self._written.base.package, place)
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
        _refuse_lower_case_tags(signature, words, place)
        tags = {word: value for word, value in words.items() if word == word.upper()}
        fields = {word: value for word, value in words.items() if word not in tags}
        made = options_message(signature, options, fields, place)
        if made is not None:
            put_options(message, made)
        signature = _with_ports(signature, message)
        node = NodeHandle(self, signature, place, message)
        node.connect(*streams, **tags)
        self._written.nodes.append(node)
        return node

    def constant(self, value: T, *, name: str = "") -> SidePacketHandle[T]:
        """Add a side packet that holds a value, and return it.

        value: a bool, int, float, str, list of str, or a message that ConstantSidePacketCalculator knows.
        Raises ConfigError for any other.
        """
        place = author_place()
        try:
            packet = constant_value(value)
        except ConfigError as error:
            raise ConfigError(error.message, location=place) from error
        node = self.node("ConstantSidePacketCalculator", packet=[packet])
        made: SidePacketHandle[Any] = node.side_output("PACKET")
        made._type = type(value)
        return made.named(name) if name else made

    def executor(self, name: str, type: str = "ThreadPoolExecutor", **options: Any) -> str:
        """Declare an executor and return its name, for `node(executor=...)`.

        type: "" for one that the application supplies. options: fields of ThreadPoolExecutorOptions, such
        as num_threads.
        Raises ConfigError if there is one of that name, or no such option.
        """
        place = author_place()
        if any(executor.name == name for executor in self._written.base.executor):
            raise ConfigError(f'There is an executor "{name}" already.', location=place)
        executor = calculator_pb2.ExecutorConfig(name=name, type=type)
        if options:
            extension = extension_for("mediapipe.ThreadPoolExecutorOptions")
            _fill(executor.options.Extensions[extension], options, place)
        self._written.base.executor.append(executor)
        return name

    # What comes out

    def build(self) -> Any:
        """Return the graph as a CalculatorGraphConfig message of mpgraph.protos.

        Raises ConfigError for what is not finished: an open loop, an output that nothing goes into, a
        required input that nothing is connected to.
        """
        return config_of(self._written).config

    def text(self) -> str:
        """Return the graph as a .pbtxt file has it; errors as of `build`."""
        return graph_to_text(self.build())

    def graph_source(self) -> GraphSource:
        """Return the graph with its places in this program, as loading a graph does; errors as of `build`."""
        return config_of(self._written)

    def _repr_html_(self) -> str:
        from mpgraph.visualizer.notebook import notebook_html  # Nobody but notebooks asks for it.

        return notebook_html(self)

    def __repr__(self) -> str:
        kind = self._written.base.type
        return f"<mpgraph.GraphBuilder{f' of {kind}' if kind else ''} with {len(self._written.nodes)} nodes>"

    def _port(self, port: str, name: str, field: str, place: Location) -> tuple[PortKey, str]:
        """The tag and index, and the name, that an author gives one port of the graph."""
        key, given = _parsed(port, place)
        if name and given and name != given:
            raise ConfigError(f'The port "{port}" is also called "{name}".', location=place)
        if name:
            check_name(name, place)
        before = [other._key for other in self._written.ports[field]]
        if key.index >= 0 and (key.tag, key.index) in before:
            raise ConfigError(f'The graph has a port "{key}" already.', location=place)
        index = key.index if key.index >= 0 else sum(tag == key.tag for tag, _ in before)
        return (key.tag, index), name or given


def _fill(message: Any, values: dict[str, Any], place: Location) -> None:
    try:
        fill(message, values)
    except ConfigError as error:
        raise ConfigError(error.statement, location=place, hint=error.hint, rule=error.rule) from error


def _refuse_lower_case_tags(signature: NodeSignature, words: dict[str, Any], place: Location) -> None:
    """Raise ConfigError for `image=frames`, which means the tag IMAGE."""
    for word, value in words.items():
        if isinstance(value, (Source, NodeHandle)) and word != word.upper():
            raise ConfigError(
                f"{signature.name} cannot take {value} as its option {word}. Write {word.upper()}= for the "
                "port of that tag.",
                location=place,
            )


def builds(cls: type[Subgraph]) -> bool:
    """Whether a subgraph's class writes its graph in `build`, rather than in `get_config`."""
    return getattr(cls.build, "__func__", None) is not Subgraph.__dict__["build"].__func__


def write_subgraph(cls: type[Subgraph], node: Any) -> Any:
    """Let a subgraph's class write its graph for a node; return what `load_graph` takes.

    Raises what its `build` raises, and ConfigError if the node's options are not the class's.
    """
    graph = GraphBuilder(cls.__name__)
    code = getattr(getattr(cls.build, "__func__", None), "__code__", None)
    written_at = getattr(cls, "defined_at", None) or (of_code(code) if code else None)
    if written_at is not None:  # The caller of this function is not the author of the graph.
        graph._written.place = written_at
    made = cls.build(graph, node_options(node, cls))
    if made is not None:
        return made
    for error in shortcuts(graph._written.ports["output_stream"]):
        raise error
    return graph


_writing: ContextVar[tuple[type[Subgraph], ...]] = ContextVar("_writing", default=())
"""The subgraphs that are being written to learn their ports; one that contains itself would never end."""


def _with_ports(signature: NodeSignature, node: Any) -> NodeSignature:
    """A node's signature; a subgraph that is written in Python has the ports that its options give it."""
    owner = signature.owner
    if owner is None or not issubclass(owner, Subgraph) or not builds(owner) or owner in _writing.get():
        return signature
    token = _writing.set((*_writing.get(), owner))
    try:
        graph = write_subgraph(owner, node)
        if not isinstance(graph, GraphBuilder):
            return replace(of_graph(signature.name, load_graph(graph)), owner=owner)
        ports = graph._written.declared_ports()
    finally:
        _writing.reset(token)
    return replace(signature, ports=ports, is_complete=True)


def _parsed(port: str, place: Location) -> tuple[TagIndex, str]:
    """A port in the text's way of writing; the index is -1 if the author leaves it to the graph."""
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
        raise ConfigError(f"{error.message}{hint}", location=place) from error
