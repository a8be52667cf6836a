from __future__ import annotations

from mpgraph import packet_creator
from mpgraph.testing import run, t


def test_elements_are_numbered() -> None:
    runner = run("IntVectorIndicesCalculator")
    runner.send("VECTOR", packet_creator.create_int_vector([7, 7, 7]) @ t(1))
    runner.send("VECTOR", packet_creator.create_int_vector([]) @ t(2))
    runner.expect("INDICES", [0, 1, 2] @ t(1), [] @ t(2))
