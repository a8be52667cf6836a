"""Random graphs of reference steps, and random events for their inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

Event = tuple[str, str, int, int]
"""The type ("packet", "bound" or "close"), the stream, a time, a value."""


@dataclass
class NodePlan:
    """One node. offset None: no promise; groups: the sync sets, by input position."""

    step: str
    inputs: list[str]
    outputs: list[str]
    parameter: int = 0
    handler: str = "Default"
    offset: int | None = None
    bounds: bool = False
    batch: int = 1
    groups: list[list[int]] = field(default_factory=list)
    back_edge: int | None = None
    blocking: bool = False
    max_in_flight: int = 1
    layer: int = 0


@dataclass
class GraphPlan:
    """A graph and the events to feed it with."""

    inputs: list[str]
    nodes: list[NodePlan]
    events: list[Event]
    max_queue_size: int

    @property
    def streams(self) -> list[str]:
        """Every stream, graph inputs first."""
        return self.inputs + [name for node in self.nodes for name in node.outputs]


class Maker:
    """Builds one plan from a source of random numbers."""

    def __init__(self, random: Random, max_nodes: int = 8) -> None:
        self._random = random
        self._names = 0
        inputs = [self._name() for _ in range(random.randint(1, 3))]
        self.streams = list(inputs)
        self.nodes: list[NodePlan] = []
        kinds = [getattr(self, name) for name in sorted(vars(Maker)) if name.startswith("add_")]
        for _ in range(random.randint(1, max_nodes)):
            random.choice(kinds)()
        for node in self.nodes:
            self._vary(node)
        self.plan = GraphPlan(inputs, self.nodes, self._events(inputs), random.choice([1, 2, 5, 100]))

    def _name(self) -> str:
        self._names += 1
        return f"s{self._names}"

    def _node(self, step: str, inputs: list[str], outputs: int = 1, **fields: object) -> NodePlan:
        node = NodePlan(step, inputs, [self._name() for _ in range(outputs)])
        for key, value in fields.items():
            setattr(node, key, value)
        self.nodes.append(node)
        self.streams += node.outputs
        return node

    def _some(self, least: int = 1, most: int = 3) -> list[str]:
        return [self._random.choice(self.streams) for _ in range(self._random.randint(least, most))]

    def _offset(self) -> int | None:
        return self._random.choice([0, 0, None])

    def add_pass(self) -> None:
        inputs = self._some()
        self._node("Step", inputs, len(inputs), offset=self._offset(), bounds=self._random.random() < 0.2)

    def add_single(self) -> None:
        step = self._random.choice(["Drop", "Promise", "Closer", "Flush", "Delay"])
        offset = None if step in ("Promise", "Flush") else self._offset()
        self._node(step, self._some(1, 1), offset=offset, parameter=self._random.randint(1, 4))

    def add_sum(self) -> None:
        self._node("Add", self._some(), offset=self._offset())

    def add_total(self) -> None:
        self._node("Total", self._some(), offset=self._offset())

    def add_shift(self) -> None:
        by = self._random.randint(0, 3)
        self._node("Shift", self._some(1, 1), parameter=by, offset=self._random.choice([by, None]))

    def add_split(self) -> None:
        self._node("Split", self._some(1, 1), 2, offset=self._offset())

    def add_relay(self) -> None:
        inputs = self._some(1, 3)
        self._node("Relay", inputs, len(inputs), handler="Immediate", bounds=True)

    def add_groups(self) -> None:
        inputs = self._some(2, 4)
        cut = self._random.randint(1, len(inputs))
        self._node("Relay", inputs, len(inputs), handler="SyncSet", groups=[list(range(cut))])

    def add_barrier(self) -> None:
        self._node("Pairs", self._some(2, 2), handler="Barrier")

    def add_mux(self) -> None:
        inputs = self._some(1, 3)
        control = self._node("Select", self._some(1, 1), offset=0, parameter=len(inputs))
        self._node("Chosen", [*inputs, control.outputs[0]], handler="Mux")

    def add_loop(self) -> None:
        main, back = self._random.choice(self.streams), self._name()
        loop = self._node("Loop", [main, back], handler="Immediate", bounds=True, back_edge=1)
        total = self._node("Add", [main, loop.outputs[0]], offset=0)
        self.streams[-1] = total.outputs[0] = back

    def add_batch(self) -> None:
        self._node("Total", self._some(1, 2), offset=self._offset(), batch=self._random.randint(2, 3))

    def add_source(self) -> None:
        self._node("Source", [], parameter=self._random.randint(0, 6), layer=self._random.randint(0, 1))

    def _vary(self, node: NodePlan) -> None:
        node.blocking = self._random.random() < 0.3
        is_stateless = node.step in ("Step", "Add", "Drop", "Shift", "Split", "Promise")
        if is_stateless and node.handler == "Default" and node.batch == 1 and self._random.random() < 0.3:
            node.max_in_flight = self._random.randint(2, 4)

    def _events(self, inputs: list[str]) -> list[Event]:
        random = self._random
        following = dict.fromkeys(inputs, 0)
        events: list[Event] = []
        for _ in range(random.randint(0, 25)):
            if not following:
                break
            name = random.choice(sorted(following))
            draw = random.random()
            t = following[name] + random.choice([0, 0, 1, 1, 2, 5])
            if draw < 0.04:
                events.append(("close", name, 0, 0))
                del following[name]
                continue
            kind = "bound" if draw < 0.2 else "packet"
            if draw > 0.99:
                t -= 2  # Late: an error if the stream has a consumer.
            events.append((kind, name, max(t, 0), random.randint(0, 9)))
            following[name] = max(following[name], t + 1)
        return events


def make_plan(random: Random, max_nodes: int = 8) -> GraphPlan:
    """Return a random graph with events for it."""
    return Maker(random, max_nodes).plan
