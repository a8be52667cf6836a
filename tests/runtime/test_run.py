"""GraphRun: which nodes run inline, and what follows its life."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.contract import Contract
from mpgraph.framework.packet import make_packet
from mpgraph.framework.ports import Input
from mpgraph.framework.registry import register
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.runtime.scheduler_queue import running_scheduler


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
