"""SolutionBase: run a graph as a function from an image (or other data) to named results."""

from __future__ import annotations

import collections
import contextlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import InvalidArgumentError, MpgraphError, did_you_mean
from mpgraph.framework.not_picklable import NotPicklable
from mpgraph.framework.packet import Packet
from mpgraph.framework.resources import find_resource
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.io import native
from mpgraph.runtime.executor import ApplicationThreadExecutor
from mpgraph.solutions.branches import share_cores, simultaneous_inference
from mpgraph.solutions.calculator_params import apply_calculator_params
from mpgraph.solutions.packet_data_type import PacketDataType, content_getter, make_packet

RGB_CHANNELS = 3

FRAME_INTERVAL_US = 33333
"""The step between the timestamps of `process` calls: MediaPipe simulates 30 frames per second."""


Solution = TypeVar("Solution", bound="SolutionBase")


class SolutionBase(NotPicklable):
    """Feeds a graph with each call of `process` and returns what its output streams carry then.

    An instance may be used from several threads, whose calls then take turns. To process several images in
    parallel, create several instances. A forked process may use it, too, with a run of its own.

    binary_graph_path: a .pbtxt or .binarypb file, searched on the resource path.
    graph_config: the graph as text or as a CalculatorGraphConfig message.
    calculator_params: option values to override, by "node_name.field_name".
    graph_options: a message to merge into the graph's own options.
    side_inputs: values of input side packets, by name.
    outputs: the output streams to return; by default all of the graph.
    stream_type_hints: the data types of streams whose type cannot be derived from the graph.

    Raises:
        InvalidArgumentError (a ValueError): not exactly one graph is given, or it is invalid.
        FileNotFoundError: the file is not on the resource path.
    """

    _branches_compute: ClassVar[bool] = True
    """Whether several models on branches of the graph compute for one input, rather than one of them."""

    pickle_instead = "Create a solution in each process, with the same arguments; its results can be pickled."

    def __init__(
        self,
        binary_graph_path: str | None = None,
        graph_config: Any = None,
        calculator_params: Mapping[str, Any] | None = None,
        graph_options: Any = None,
        side_inputs: Mapping[str, Any] | None = None,
        outputs: Sequence[str] | None = None,
        stream_type_hints: Mapping[str, PacketDataType] | None = None,
    ) -> None:
        self._graph: CalculatorGraph | None = None
        self._lock = threading.RLock()
        self._was_forked = False
        if bool(binary_graph_path) == bool(graph_config):
            raise InvalidArgumentError("Must provide exactly one of 'binary_graph_path' or 'graph_config'.")

        def adjust(config: Any, nodes: Sequence[Any]) -> None:
            apply_calculator_params(nodes, calculator_params or {})
            if graph_options is not None:
                _merge_graph_options(config.graph_options, graph_options)

        validated = ValidatedGraphConfig()
        if binary_graph_path:
            validated.initialize(graph_path=find_resource(binary_graph_path), adjust=adjust)
        else:
            validated.initialize(graph_config=graph_config, adjust=adjust)
        self._find_types(validated, side_inputs or {}, outputs, stream_type_hints or {})
        branches = simultaneous_inference(validated.model) if self._branches_compute else []
        share_cores(branches)
        self._graph = CalculatorGraph(validated_graph_config=validated)
        # Without branches everything runs on the thread that calls `process`, which saves thread switches.
        if not branches and not any(
            spec.name == "" and (spec.type or spec.num_threads) for spec in validated.model.executors
        ):
            self._graph.set_executor("", ApplicationThreadExecutor())
        self._packets: dict[str, Packet] = {}
        self._time_us = 0
        for name in self._getters:
            self._graph.observe_output_stream(name, self._packets.__setitem__, True)
        self._side_packets = {
            name: make_packet(self._side_input_types[name], value)
            for name, value in (side_inputs or {}).items()
        }
        self._graph.start_run(self._side_packets)
        native.watch(self)

    def left_to_parent(self) -> None:
        """In a forked child: start the graph here, too, once it is needed."""
        self._lock = threading.RLock()
        self._was_forked = True

    def _find_types(
        self,
        validated: ValidatedGraphConfig,
        side_inputs: Mapping[str, Any],
        outputs: Sequence[str] | None,
        hints: Mapping[str, PacketDataType],
    ) -> None:
        def of_stream(name: str) -> PacketDataType:
            return hints.get(name) or PacketDataType.from_registered_name(
                validated.registered_stream_type_name(name)
            )

        config = validated.model.config
        inputs = [_name(entry) for entry in config.input_stream]
        self._input_types = {name: of_stream(name) for name in inputs}
        self._getters = {
            name: content_getter(of_stream(name)) for name in map(_name, outputs or config.output_stream)
        }
        self._side_input_types = {
            name: PacketDataType.from_registered_name(validated.registered_side_packet_type_name(name))
            for name in side_inputs
        }
        self._outputs_class: Any = collections.namedtuple("SolutionOutputs", list(self._getters))  # type: ignore[misc]

    def process(self, input_data: Any) -> Any:
        """Run the graph on one set of inputs.

        input_data: for a graph with a single input stream an image, HxWx3 uint8 RGB; or a mapping from
            stream names to images or other data.
        Returns a named tuple with a field for each output stream, None for streams without a packet.

        Raises:
            InvalidArgumentError (a ValueError): an image is empty or does not have three channels, a stream
                does not exist, or the solution is closed.
            TypeError: an image does not have the dtype uint8, or other data does not have its stream's type.
            NotImplementedError: the graph takes audio or lists of messages.
            RuntimeError: the graph failed.

        Invalid data does not reach the graph, which can process further inputs. After a failure of the graph
        itself, call `reset`.
        """
        with self._lock:
            if self._graph is None:
                raise InvalidArgumentError(
                    "_graph is None in SolutionBase: this solution is closed; create a new one."
                )
            # Validate all of the data before any of it reaches the graph.
            packets = {
                name: self._input_packet(name, data) for name, data in self._by_name(input_data).items()
            }
            if self._was_forked:
                self._was_forked = False
                self._graph.start_run(self._side_packets)
            self._packets.clear()
            self._time_us += FRAME_INTERVAL_US
            for name, packet in packets.items():
                self._graph.add_packet_to_input_stream(name, packet, self._time_us)
            self._graph.wait_until_idle()
            received = self._packets
            return self._outputs_class(
                *(
                    get(received[name]) if name in received and received[name].type is not None else None
                    for name, get in self._getters.items()
                )
            )

    def _by_name(self, input_data: Any) -> Mapping[str, Any]:
        if type(input_data) is dict:  # What subclasses give; asking an abstract class takes longer.
            return input_data
        if isinstance(input_data, Mapping):
            return input_data
        if not isinstance(input_data, np.ndarray):
            raise InvalidArgumentError(
                "Input data must be an image as a numpy array, or a mapping from stream name to data, "
                f"not {_described(input_data)}"
            )
        if len(self._input_types) != 1:
            raise InvalidArgumentError(
                "Can't process single image input since the graph has more than one input streams. "
                f"Pass a mapping with {', '.join(self._input_types) or 'nothing: this graph has none'}."
            )
        return {next(iter(self._input_types)): input_data}

    def _input_packet(self, name: str, data: Any) -> Packet:
        data_type = self._input_types.get(name)
        if data_type is None:
            raise InvalidArgumentError(
                f'The graph has no input stream "{name}".{did_you_mean(name, self._input_types)}'
            )
        if data_type in (PacketDataType.PROTO_LIST, PacketDataType.AUDIO):
            raise NotImplementedError(
                "SolutionBase can only process non-audio and non-proto-list data. "
                f"{data_type.name} type is not supported yet."
            )
        if data_type.is_image:
            _check_image(data)
        return make_packet(data_type, data)

    def reset(self) -> None:
        """Restart the graph, so that results do not depend on earlier inputs.

        Also clears a failure that `process` has raised. Does nothing if the solution is closed.

        Raises:
            RuntimeError: the graph failed at the end of its run; it has been restarted nevertheless.
        """
        with self._lock:
            graph = self._graph
            if graph is None:
                return
            known = (MpgraphError,) if graph.has_error() else ()
            try:
                with contextlib.suppress(*known):
                    graph.close()
            finally:
                graph.start_run(self._side_packets)

    def close(self) -> None:
        """End the graph.

        Raises:
            InvalidArgumentError (a ValueError): it is already closed.
            RuntimeError: the graph failed.
        """
        with self._lock:
            if self._graph is None:
                raise InvalidArgumentError("Closing SolutionBase._graph which is already None.")
            graph, self._graph = self._graph, None
            graph.close()

    def __enter__(self: Solution) -> Solution:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        # An exception from the body is not replaced by an error that it may have caused.
        with contextlib.suppress(*([MpgraphError] if error is not None else [])):
            self.close()

    def create_graph_options(
        self, options_message: Any, values: Mapping[str, Any] | Iterable[tuple[str, Any]]
    ) -> Any:
        """Set fields of a message and return it.

        values: a mapping or pairs of field paths, such as "base.level", and values; repeated fields are
            replaced.

        Raises:
            AttributeError: there is no such field.
        """
        pairs = values.items() if isinstance(values, Mapping) else values
        for path, value in pairs:
            *parents, name = path.split(".")
            target = options_message
            for parent in parents:
                target = getattr(target, parent)
            field = getattr(target, name)
            if hasattr(field, "extend"):
                del field[:]
                field.extend(value)
            elif hasattr(field, "CopyFrom"):
                field.CopyFrom(value)
            else:
                setattr(target, name, value)
        return options_message


def _name(entry: str) -> str:
    return entry.rpartition(":")[2]


def _check_image(data: Any) -> None:
    if not isinstance(data, np.ndarray):
        raise InvalidArgumentError(
            f"Input image must be a numpy array, HxWx3 uint8 RGB, not {_described(data)}"
        )
    if data.ndim != 3 or data.shape[2] != RGB_CHANNELS:
        raise InvalidArgumentError(
            f"Input image must contain three channel rgb data. Its shape is {data.shape}."
        )
    if not data.size:
        raise InvalidArgumentError(f"Input image is empty: its shape is {data.shape}.")
    if data.dtype != np.uint8 and not np.can_cast(data.dtype, np.uint8, "safe"):
        raise TypeError(f"Input image must hold uint8 values, 0 to 255; it has the dtype {data.dtype}.")


def _described(data: Any) -> str:
    if data is None:
        return "None. Did cv2.imread find the file?"
    hint = " numpy.asarray(image) converts it to an array." if hasattr(data, "__array_interface__") else ""
    return f"{type(data).__name__}.{hint}"


def _merge_graph_options(known: Any, options: Any) -> None:
    for entry in known:
        if entry.Is(options.DESCRIPTOR):
            merged = type(options)()
            entry.Unpack(merged)
            merged.MergeFrom(options)
            entry.Pack(merged)
            return
    known.add().Pack(options)


__all__ = ["RGB_CHANNELS", "PacketDataType", "SolutionBase"]
