"""InputStreamHandler: decides when a node runs and with which packets.

A handler answers one question, "is the node ready?", by looking at its queues: not ready (and up
to which time everything is settled), ready to process a time, or ready to close. Then it fills a
context with the packets of that time. MediaPipe: framework/input_stream_handler.cc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mpgraph.errors import InvalidArgumentError, Location, NotFoundError, did_you_mean
from mpgraph.framework import timestamp as ts
from mpgraph.framework.class_checks import HANDLER_NAMES
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.tags import TagMap, parse_tag_index
from mpgraph.runtime.streams import InputStreamManager

NOT_READY = 0
READY = 1
CLOSE = 2


class InputStreamHandler:
    """Base of all handlers. `t` is the answer's time: to process, or the bound when not ready."""

    batch_size = 1

    def __init__(
        self, queues: Sequence[InputStreamManager], tags: TagMap, options: Any, process_timestamp_bounds: bool
    ) -> None:
        """Build the handler of one node for one run.

        options: the MediaPipeOptions message of the handler's config, or None.
        """
        self.queues = queues
        self.tags = tags
        self.options = options
        self.process_timestamp_bounds = process_timestamp_bounds
        self.t: int = ts.DONE
        self.on_drop: Callable[[str, int, str], object] | None = None
        """While the graph is traced: is told of packets that are given up, with stream, time and reason."""

    def readiness(self) -> int:
        """NOT_READY, READY or CLOSE; sets `t`. A READY answer must be followed by `fill`."""
        raise NotImplementedError

    def fill(self, context: CalculatorContext, t: int) -> None:
        """Move the packets of time `t` into the context."""
        raise NotImplementedError

    def packets_arrived(self) -> None:
        """Called after packets were added to any queue, ready or not."""

    def position_of(self, text: str, option: str) -> int:
        """The position of the input stream that an option names by TAG or TAG:index.

        Raises:
            InvalidArgumentError: the node has no such stream.
        """
        port = parse_tag_index(text)
        position = self.tags.id(port.tag, port.index)
        if position is None:
            known = [str(each) for each in self.tags.ports]
            raise InvalidArgumentError(
                f'{option}: stream "{text}" is not found.',
                hint=did_you_mean(text, known) or f"The node has: {', '.join(known)}.",
                rule="handler-options",
            )
        return position

    def extension(self, name: str) -> Any:
        """The handler's own options message by name, its defaults when the graph gives none."""
        from mpgraph import protos

        field = protos.extension_for(f"mediapipe.{name}")
        if self.options is not None and self.options.HasExtension(field):
            return self.options.Extensions[field]
        return protos.message_class(f"mediapipe.{name}")()


def put(context: CalculatorContext, queue: InputStreamManager, t: int) -> None:
    """Pop a queue at `t` into its place in the context."""
    context.packets[queue.port] = queue.pop_at(t)
    if queue.bound == ts.DONE:
        context.done[queue.port] = not queue.packets


H = TypeVar("H", bound="type[InputStreamHandler]")

_HANDLERS: dict[str, type[InputStreamHandler]] = {}


def register_handler(name: str) -> Callable[[H], H]:
    """Class decorator: make a handler known by the name graphs use."""

    def add(cls: H) -> H:
        _HANDLERS[name] = cls
        HANDLER_NAMES.add(name)
        return cls

    return add


def handler_class(name: str, location: Location | None = None) -> type[InputStreamHandler]:
    """The handler a graph means by `name`.

    Raises:
        NotFoundError: there is none.
    """
    found = _HANDLERS.get(name)
    if found is None:
        raise NotFoundError(
            f'"{name}" is not a registered input stream handler.{did_you_mean(name, _HANDLERS)} Known: '
            + ", ".join(sorted(_HANDLERS))
            + ".",
            location=location,
        )
    return found
