from __future__ import annotations

from mpgraph import packet_creator
from mpgraph.errors import InvalidArgumentError
from mpgraph.testing import CalculatorRunner, run, t

LIST = packet_creator.create_float_vector([1.0, 2.0])


def concatenated(options: str) -> CalculatorRunner:
    runner = run("ConcatenateFloatVectorCalculator", options)
    runner.send("", LIST @ t(1), 4.0 @ t(2)).send(":1", 3.0 @ t(1), LIST @ t(3))
    return runner.close(":0", ":1").expect("", [1.0, 2.0, 3.0] @ t(1))


def test_elements_and_lists_are_joined() -> None:
    concatenated("").expect("", [4.0] @ t(2), [1.0, 2.0] @ t(3))


def test_only_complete_sets_may_be_joined() -> None:
    concatenated("only_emit_if_all_present: true").expect_nothing()


def test_strings_are_elements_not_lists() -> None:
    runner = run("ConcatenateStringVectorCalculator").send(":0", "ab" @ t(1))
    runner.send(":1", packet_creator.create_string_vector(["c"]) @ t(1)).expect("", ["ab", "c"] @ t(1))


def test_other_types_are_refused() -> None:
    runner = run("ConcatenateInt32VectorCalculator").send("", LIST @ t(1))
    runner.expect_error("Packet type mismatch", InvalidArgumentError)
