"""Throttling: full queues stop the sources and graph inputs that feed them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mpgraph.config.model import GraphModel
from mpgraph.runtime.streams import InputStreamManager


class Throttled:
    """A source node or a graph input, with the full queues that throttle it.

    It is throttled while any queue that it feeds, through however many nodes, is full. Only the scheduler's
    owner changes `full`; the application's threads look at `is_throttled`, and are notified when it ends.
    Nodes in between are never stopped: a packet that has entered the graph is processed.
    """

    def __init__(self, name: str, on_release: Callable[[], None]) -> None:
        self.name = name
        self.full: list[InputStreamManager] = []
        self._on_release = on_release

    @property
    def is_throttled(self) -> bool:
        """Whether any queue downstream is full."""
        return bool(self.full)

    def queue_full_changed(self, full: bool, queue: InputStreamManager) -> None:
        """Note that a queue became full, or ceased to be."""
        if full:
            self.full.append(queue)
            return
        if queue in self.full:
            self.full.remove(queue)
            if not self.full:
                self._on_release()


def upstream_sources(model: GraphModel) -> list[frozenset[str | int]]:
    """For each node: the source nodes (by id) and graph inputs (by name) that feed it, itself included.

    Computed in one pass in node order, as in MediaPipe, so a back edge contributes only what is known by
    then.
    """
    found: list[frozenset[str | int]] = []
    for node in model.nodes:
        feeds: set[str | int] = {node.id} if node.is_source else set()
        for name in node.inputs.names:
            feeds.update(feeding(model.streams[name].producer, name, found))
        found.append(frozenset(feeds))
    return found


def feeding(producer: int | None, stream: str, known: Sequence[frozenset[str | int]]) -> Iterable[str | int]:
    """The source nodes and graph inputs that feed a stream, by its producer; a graph input feeds itself."""
    if producer is None:
        return (stream,)
    return known[producer] if producer < len(known) else ()
