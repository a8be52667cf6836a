from __future__ import annotations

from mpgraph import packet_creator
from mpgraph.testing import landmarks, run, t


def test_elements_are_counted() -> None:
    two = packet_creator.create_proto_vector([landmarks(), landmarks()])
    run("LandmarkListVectorSizeCalculator").send("VECTOR", two @ t(1)).expect("SIZE", 2 @ t(1))
