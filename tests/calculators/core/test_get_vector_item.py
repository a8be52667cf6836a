from __future__ import annotations

import pytest

from mpgraph import packet_creator
from mpgraph.errors import InternalError
from mpgraph.framework.packet import Packet
from mpgraph.protos import detection_pb2
from mpgraph.testing import CalculatorRunner, run, t

ITEMS = [detection_pb2.Detection(detection_id=i) for i in range(3)]
LIST = packet_creator.create_proto_vector(ITEMS)
NAME = "GetDetectionVectorItemCalculator"


def item_of(options: str, *more: str) -> CalculatorRunner:
    runner = run(NAME, options, inputs=["VECTOR", *more], outputs=["ITEM"])
    return runner.send("VECTOR", LIST @ t(1))


@pytest.mark.parametrize("index", [2, packet_creator.create_uint64(2)])
def test_stream_selects_the_element(index: int | Packet) -> None:
    item_of("item_index: 1", "INDEX").send("INDEX", index @ t(1)).expect("ITEM", ITEMS[2] @ t(1))


def test_option_selects_where_the_stream_has_no_packet() -> None:
    for options in ("item_index: 1", ""):
        runner = item_of(options, "INDEX").bound("INDEX", 2).send("INDEX", 0 @ t(2))
        runner.expect("ITEM", ITEMS[1] @ t(1)) if options else runner.expect_nothing()
    item_of("item_index: 1").expect("ITEM", ITEMS[1] @ t(1))


@pytest.mark.parametrize(("index", "message"), [(3, "past the end of a list of 3"), (-1, "negative")])
def test_index_out_of_range_is_an_error(index: int, message: str) -> None:
    item_of("", "INDEX").send("INDEX", index @ t(1)).expect_error(message, InternalError)


def test_index_past_the_end_may_select_nothing() -> None:
    item_of("item_index: 3 output_empty_on_oob: true").expect_nothing().expect_bound("ITEM", 2)


def test_index_is_required() -> None:
    run(NAME, inputs=["VECTOR"]).expect_error("INDEX or the option item_index", InternalError)
