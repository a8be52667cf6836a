"""One run of a graph from the command line, which prints what other streams carry."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mpgraph.cli.arguments import graph_file
from mpgraph.cli.console import echo
from mpgraph.cli.frames.pipeline import TimedPixels
from mpgraph.cli.python_graphs import is_python_graph, load_python_graph
from mpgraph.cli.user_modules import UserModules
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.runtime import watchdog
from mpgraph.session import graph_session
from mpgraph.session.graph_session import described
from mpgraph.session.side_packets import check_given, parse_side_packets


class GraphSession(graph_session.GraphSession):
    """A loaded graph with its streams selected; `graph` and `model` are for instrumentation."""

    def __init__(
        self,
        validated: ValidatedGraphConfig,
        input_stream: str | None,
        output_stream: str | None,
        side_packets: Sequence[str],
        print_output: bool,
    ) -> None:
        """Select the streams of a graph and parse its side packets.

        side_packets: as of `parse_side_packets`. print_output: print the packets of the other outputs.

        Raises:
            MpgraphError: the name of a stream or a side packet is invalid.
        """
        packets = parse_side_packets(side_packets, validated.model)
        check_given(packets, validated.model, "Give them with -s NAME=VALUE.")
        super().__init__(validated, input_stream, output_stream, packets)
        self._print_output = print_output
        for name in self.model.observable_outputs if print_output else ():
            if name != self.output_stream:
                self.graph.observe_output_stream(name, _print_packet)

    @override
    def start(self) -> None:
        with watchdog.watching(watchdog.Limits()):
            super().start()

    @override
    def finish(self) -> list[TimedPixels]:
        is_running = self.graph.current_run is not None
        images = super().finish()
        if self._print_output and is_running:
            for entry in self.model.config.output_side_packet:
                name = entry.rpartition(":")[2]
                echo(f"{name}: {described(self.graph.get_output_side_packet(name).payload)}")
        return images


def load_graph(graph: Path, modules: UserModules) -> ValidatedGraphConfig:
    """Read and validate a graph: a file, one in Python too, or the name of a graph that ships with mpgraph.

    modules: what a Python file is added to.

    Raises:
        MpgraphError: there is no such graph, or it is invalid.
    """
    validated = ValidatedGraphConfig()
    if is_python_graph(graph):
        validated.initialize(graph_config=load_python_graph(graph, modules))
    else:
        validated.initialize(graph_path=graph_file(graph))
    return validated


def _print_packet(stream: str, packet: Packet) -> None:
    echo(f"{stream} @{packet.timestamp.value}: {described(packet.payload)}")
