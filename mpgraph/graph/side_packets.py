"""KeptSidePackets: the output side packets that outlast a run."""

from __future__ import annotations

from collections.abc import Mapping

from mpgraph.config.model import GraphModel
from mpgraph.errors import NotFoundError, UnavailableError, did_you_mean
from mpgraph.framework.packet import Packet
from mpgraph.runtime.run import GraphRun


class KeptSidePackets:
    """Output side packets of a graph's last run, for the application and for nodes that need not run again.

    A node without streams computes side packets from side packets. As in MediaPipe, it is not called again
    in the next run if its inputs are the same objects; loading a model is a case in point.
    """

    def __init__(self, model: GraphModel) -> None:
        self._model = model
        self._last: Mapping[str, Packet] = {}
        self._constant: dict[int, tuple[list[Packet], dict[str, Packet]]] = {}

    def keep(self, run: GraphRun) -> None:
        """Keep what a run that has ended computed."""
        self._last = run.side_packets
        self._constant = run.constant_side_packets()

    def forget(self) -> None:
        """Let `get` find nothing of the last run: the next one has started."""
        self._last = {}

    def unchanged(self, given: Mapping[str, Packet]) -> dict[int, dict[str, Packet]]:
        """Return the output side packets of the nodes, by id, whose inputs would be as in the last run."""
        known = dict(given)
        unchanged = {}
        # In node order: what one node computed may be the input of a later one.
        for node_id, (inputs, outputs) in sorted(self._constant.items()):
            names = self._model.nodes[node_id].side_inputs.names
            if all(
                name in known and known[name].payload is old.payload
                for name, old in zip(names, inputs, strict=True)
            ):
                unchanged[node_id] = outputs
                known.update(outputs)
        return unchanged

    def get(self, name: str, run: GraphRun | None) -> Packet:
        """See CalculatorGraph.get_output_side_packet; `run` is the present one."""
        edge = self._model.side_packets.get(name)
        if edge is None or edge.producer is None:
            raise NotFoundError(
                f'The output side packet "{name}" does not exist.',
                hint=did_you_mean(name, self._model.side_packets),
                rule="unknown-side-packet",
            )
        known = run.side_packets if run is not None else self._last
        if name not in known:
            raise UnavailableError(
                f'The output side packet "{name}" is unavailable.',
                hint="Its node has not set it yet; wait_until_idle() or wait_until_done() first.",
            )
        return known[name]
