"""InputStreamHandler: decides when a node runs and with which packets.

The scheduler asks a handler whether its node is ready, which it answers by looking at the node's queues: not
ready (and up to which time everything is settled), ready to process a time, or ready to close. Then it has
the handler fill a context with the packets of that time. MediaPipe: framework/input_stream_handler.cc.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mpgraph.config.validation.handler_options import handler_options, stream_position
from mpgraph.errors import AlreadyExistsError, InvalidArgumentError, Location, NotFoundError, did_you_mean
from mpgraph.framework import timestamp as ts
from mpgraph.framework.class_checks import HANDLER_NAMES
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.tags import TagMap
from mpgraph.runtime.streams import InputStreamManager


class Readiness(enum.IntEnum):
    """What a handler answers to the question whether its node is ready."""

    NOT_READY = 0
    READY = 1
    CLOSE = 2


# Bound to names of this module, so that the hot path does not look up members of an enum.
NOT_READY, READY, CLOSE = Readiness.NOT_READY, Readiness.READY, Readiness.CLOSE


def put(context: CalculatorContext, queue: InputStreamManager, t: int) -> None:
    """Pop a queue at `t` into the context: the packet, or an empty one at the settled time."""
    context.packets[queue.port] = queue.pop_at(t)
    if queue.bound == ts.DONE:
        context.done[queue.port] = not queue.packets


class InputStreamHandler:
    """Decides when a node runs and with which packets. Base class of all handlers, also of your own.

    For example::

        @mp.register_input_stream_handler("NewestInputStreamHandler")
        class NewestInputStreamHandler(mp.InputStreamHandler):
            # Delivers the newest packet of every stream as soon as all have one; drops older packets.
            def readiness(self):
                if any(queue.is_done for queue in self.queues):
                    return self.CLOSE
                if not all(queue.packets for queue in self.queues):
                    self.t = min(queue.head for queue in self.queues)
                    return self.NOT_READY
                self.t = max(queue.packets[-1].timestamp.value for queue in self.queues)
                return self.READY

            def fill(self, context, t):
                for queue in self.queues:
                    while len(queue.packets) > 1:
                        queue.pop()
                    context.packets[queue.port] = queue.pop().at(t)

    Graphs refer to it by name, as to MediaPipe's handlers: in the field `input_stream_handler` of a node or
    of the graph. There is one object for each node and run.

    A handler may read its queues (`packets`, `bound`, `head`, `is_done`, `settled`), remove packets from
    them (`pop`, `pop_at`, `erase_before`), and write the context that it is given to fill; nothing else of
    the graph. Its methods are called by the thread that owns the graph, one at a time, so
    they need no lock and must never block: the whole graph would wait. They are called often and must be
    short. What they raise ends the run, as an error of the node.

    Timestamps here are plain ints, `Timestamp.value`; `t` is the time of the last answer: what is to be
    processed, or the least time that a packet may still have when the node is not ready. The
    node announces that time, plus the offset, on outputs with a timestamp offset: no earlier packet may be
    delivered later.

    batch_size: how many input sets the node collects before it processes them back to back.
    """

    NOT_READY = NOT_READY
    READY = READY
    CLOSE = CLOSE
    put = staticmethod(put)

    batch_size = 1
    """How many input sets the node collects before it processes them back to back."""

    def __init__(
        self, queues: Sequence[InputStreamManager], tags: TagMap, options: Any, process_timestamp_bounds: bool
    ) -> None:
        """Build the handler of one node for one run.

        queues: the node's input streams in collection order; `queue.port` is the position in that order.
        tags: their tags and indexes.
        options: the MediaPipeOptions message of the handler's config, or None.
        process_timestamp_bounds: whether the calculator is to be called when a bound moves without a packet.
        """
        self.queues = queues
        self.tags = tags
        self.options = options
        self.process_timestamp_bounds = process_timestamp_bounds
        self.t: int = ts.DONE
        self.on_drop: Callable[[str, int, str], object] | None = None
        """While the graph is traced, called with stream, time and reason of each packet that is dropped."""
        self.set_up()

    def set_up(self) -> None:
        """Read the options and initialize the state of a subclass.

        Raises:
            InvalidArgumentError: the options are invalid.
        """

    def readiness(self) -> Readiness:
        """Return NOT_READY, READY or CLOSE, and set `t`; CLOSE needs none.

        Called when the node has opened, when an empty queue got a packet or a bound, and when a call of the
        node has ended. READY is followed by `fill` at once, and then the question is asked again. After CLOSE
        it is not, once the calls that are queued have run.
        """
        raise NotImplementedError

    def fill(self, context: CalculatorContext, t: int) -> None:
        """Move the packets of time `t`, the one of the last READY, from the queues into the context.

        Set `context.packets[queue.port]` for every queue, with an empty packet where there is none, and
        `context.done[queue.port]` where the stream has ended; `put` does both.
        """
        raise NotImplementedError

    def packets_arrived(self) -> None:
        """Called after packets were added to any queue; override it to look beyond the first packets."""

    def position_of(self, text: str, option: str) -> int:
        """Return the position of the input stream that an option names by TAG or TAG:index.

        Raises:
            InvalidArgumentError: the node has no such stream.
        """
        return stream_position(self.tags, text, option)

    def extension(self, name: str) -> Any:
        """Return the handler's options, a message of MediaPipe by name; the defaults if none are given."""
        return handler_options(self.options, name)


H = TypeVar("H", bound="type[InputStreamHandler]")

_HANDLERS: dict[str, type[InputStreamHandler]] = {}


def register_input_stream_handler(name: str) -> Callable[[H], H]:
    """Class decorator: make an InputStreamHandler known by the name that graphs use.

    A module that is imported again, as by `mpgraph run --watch`, may register its handlers again.

    Raises:
        InvalidArgumentError: the class is not an InputStreamHandler.
        AlreadyExistsError: another module has registered the name.
    """

    def add(cls: H) -> H:
        if not (isinstance(cls, type) and issubclass(cls, InputStreamHandler)):
            raise InvalidArgumentError(
                f'"{name}" cannot be registered: {cls!r} is no subclass of InputStreamHandler.',
                hint="Write @mp.register_input_stream_handler(name) above a class of that kind.",
            )
        known = _HANDLERS.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise AlreadyExistsError(
                f'The input stream handler "{name}" is registered already, by {known.__module__}.'
                f"{known.__qualname__}.",
                hint="Use another name.",
            )
        _HANDLERS[name] = cls
        HANDLER_NAMES.add(name)
        return cls

    return add


def handler_class(name: str, location: Location | None = None) -> type[InputStreamHandler]:
    """Return the handler that is registered under `name`.

    location: of the node that uses it, for the error.

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
