"""The options of input stream handlers: the streams that they name, and sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mpgraph import protos
from mpgraph.errors import InvalidArgumentError, Location, MpgraphError, did_you_mean
from mpgraph.framework.tags import TagMap, parse_tag_index


def handler_problems(
    node: Any, inputs: TagMap, locate: Callable[[], Location | None]
) -> Iterator[MpgraphError]:
    """Yield an error for each stream that the handler's options name and the node lacks, and for wrong sizes.

    node: a CalculatorGraphConfig.Node. locate: returns the location of its handler.
    """
    handler = node.input_stream_handler
    name = handler.input_stream_handler
    try:
        if name == "SyncSetInputStreamHandler":
            sync_sets(inputs, handler.options)
        elif name == "TimestampAlignInputStreamHandler":
            timestamp_base(inputs, handler.options)
        elif name in ("DefaultInputStreamHandler", "EarlyCloseInputStreamHandler"):
            batch_size(handler.options)
    except InvalidArgumentError as error:
        yield error.with_context(f"{name}: ", location=locate())


def handler_options(options: Any, name: str) -> Any:
    """Return a handler's options: the MediaPipe message `name`, with the defaults if none are given.

    options: a MediaPipeOptions message, or None.
    """
    field = protos.extension_for(f"mediapipe.{name}")
    if options is not None and options.HasExtension(field):
        return options.Extensions[field]
    return protos.message_class(f"mediapipe.{name}")()


def sync_sets(inputs: TagMap, options: Any) -> list[list[int]]:
    """Return the positions of the streams in each set of SyncSetInputStreamHandler's options.

    Raises:
        InvalidArgumentError: there is no such stream, or it is in several sets.
    """
    used: set[int] = set()
    result = []
    for group in handler_options(options, "SyncSetInputStreamHandlerOptions").sync_set:
        members = []
        for text in group.tag_index:
            position = stream_position(inputs, text, "sync_set")
            if position in used:
                raise InvalidArgumentError(
                    f'sync_set: stream "{text}" is in more than one sync set.', rule="handler-options"
                )
            used.add(position)
            members.append(position)
        result.append(members)
    return result


def timestamp_base(inputs: TagMap, options: Any) -> int:
    """Return the position of the stream whose clock TimestampAlignInputStreamHandler uses.

    Raises:
        InvalidArgumentError: there is no such stream.
    """
    text = handler_options(options, "TimestampAlignInputStreamHandlerOptions").timestamp_base_tag_index
    return stream_position(inputs, text, "timestamp_base_tag_index")


def batch_size(options: Any) -> int:
    """Return how many input sets DefaultInputStreamHandler, or EarlyClose..., collects for one call.

    Raises:
        InvalidArgumentError: none.
    """
    size: int = handler_options(options, "DefaultInputStreamHandlerOptions").batch_size
    if size < 1:
        raise InvalidArgumentError("Batch size has to be greater than or equal to 1.", rule="handler-options")
    return size


def stream_position(inputs: TagMap, text: str, option: str) -> int:
    """Return the position of the input stream that an option names by TAG or TAG:index.

    Raises:
        InvalidArgumentError: the node has no such stream.
    """
    port = parse_tag_index(text)
    position = inputs.id(port.tag, port.index)
    if position is None:
        known = [str(port) for port in inputs.ports]
        raise InvalidArgumentError(
            f'{option}: stream "{text}" is not found.',
            hint=did_you_mean(text, known) or f"The node has: {', '.join(known) or 'none'}.",
            rule="handler-options",
        )
    return position
