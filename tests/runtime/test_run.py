"""GraphRun: which nodes run inline, and services given by the application or created for each run."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InternalError, UnavailableError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.contract import Contract
from mpgraph.framework.packet import make_packet
from mpgraph.framework.ports import Input
from mpgraph.framework.registry import register
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime.scheduler_queue import running_scheduler


class Bell:
    """A service that follows the runs it is used in."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def run_starts(self, run: object) -> None:
        self.rung.append("start")

    def run_ends(self, run: object) -> None:
        self.rung.append("end")


@pytest.mark.parametrize(("blocking", "offloaded"), [(None, True), (True, True), (False, False)])
def test_contract_decides_whether_its_node_is_offloaded(blocking: bool | None, offloaded: bool) -> None:
    seen: list[bool] = []

    @register
    class RtSometimesBlocks(Calculator):
        tick = Input("")
        blocking = True

        @classmethod
        def get_contract(cls, contract: Contract) -> None:
            super().get_contract(contract)
            contract.blocking = blocking

        def process(self, cc: Any) -> None:
            seen.append(running_scheduler() is not None)

    graph = CalculatorGraph(
        graph_config='input_stream: "in" node { calculator: "RtSometimesBlocks" input_stream: "in" }'
    )
    graph.start_run()
    graph.add_packet_to_input_stream("in", make_packet(1).at(0))
    graph.close()
    assert seen == [offloaded]


def test_default_service_is_created_for_each_run() -> None:
    made: list[Bell] = []
    found: list[Any] = []

    def make() -> Bell:
        if len(made) == 2:
            raise UnavailableError("No bell is left.", hint="Buy one.")
        made.append(Bell())
        return made[-1]

    @register
    class RtNeedsBell(Calculator):
        @classmethod
        def get_contract(cls, contract: Contract) -> None:
            super().get_contract(contract)
            contract.use_service("bell", default=make)

        def open(self, cc: Any) -> None:
            found.append(cc.service("bell"))

        def close(self, cc: Any) -> None:
            cc.service("bell").rung.append("close")

    nodes = 'node { calculator: "RtNeedsBell" }' * 2
    for run in range(2):
        CalculatorGraph(graph_config=nodes).run()
        assert found[-2:] == [made[run]] * 2  # One for all nodes.
        assert made[run].rung == ["start", "close", "close", "end"]
    graph = CalculatorGraph(graph_config=nodes)
    with pytest.raises(UnavailableError, match=r'1:1: Node "RtNeedsBell_1": No bell is left. Buy one.'):
        graph.run()
    own = Bell()
    graph.set_service("bell", own)
    graph.run()
    assert own.rung == ["start", "close", "close", "end"] and len(made) == 2


def test_missing_service_is_reported_before_the_run() -> None:
    @register
    class RtNeedsClock(Calculator):
        @classmethod
        def get_contract(cls, contract: Contract) -> None:
            super().get_contract(contract)
            contract.use_service("clock")
            contract.use_service("bell", optional=True)

        def open(self, cc: Any) -> None:
            cc.service("clock").append(cc.service("bell"))

    graph = CalculatorGraph(graph_config='node { calculator: "RtNeedsClock" }')
    with pytest.raises(InternalError, match='Service "clock", .* was not provided and cannot be created'):
        graph.start_run()
    clock: list[Any] = []
    graph.set_service("clock", clock)
    graph.run()
    assert clock == [None]
