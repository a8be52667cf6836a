"""CalculatorRunner: passing and failing steps, and their messages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph import packet_creator
from mpgraph.errors import InvalidArgumentError, NotFoundError
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework.timestamp import Timestamp
from mpgraph.protos import detection_pb2
from mpgraph.testing import ANY, run, solid, t


class Scale(mp.Calculator):
    """Emits its input times a factor, nothing for 7; fails for negative numbers."""

    data = mp.Input("IN", int)
    out = mp.Output("OUT", int)
    timestamp_offset = 0

    @dataclass
    class Options:
        factor: int = 2

    def process(self, cc: mp.CalculatorContext) -> None:
        if cc[self.data] < 0:
            raise ValueError("negative")
        if cc[self.data] != 7:
            cc.emit(self.out, cc[self.data] * cc.options.factor)


class Blend(mp.Calculator):
    """SUM is A + B + LEVEL, of which only A is required; LAST and COUNT count at the end."""

    a = mp.Input("A", float)
    b = mp.Input("B", float, optional=True)
    level = mp.SideInput("LEVEL", float, optional=True)
    out = mp.Output("SUM", float)
    last = mp.Output("LAST", float, optional=True)
    count = mp.SideOutput("COUNT", int, optional=True)

    def open(self, cc: mp.CalculatorContext) -> None:
        self.seen = 0
        self.header = cc.header(self.a)
        cc.set_header(self.out, VideoHeader(width=3))

    def process(self, cc: mp.CalculatorContext) -> None:
        self.seen += 1
        cc.emit(self.out, cc[self.a] + (cc.get(self.b) or 0.0) + (cc.get(self.level) or 0.0))

    def close(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.count, self.seen)
        cc.emit(self.last, float(self.seen), 99)


class Flip(mp.Calculator):
    frame = mp.Input("", mp.ImageFrame)


class Broken(mp.Calculator):
    """Its contract fails."""

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        raise ZeroDivisionError("my own error")


class Endless(mp.Calculator):
    """A source that never stops."""

    out = mp.Output("OUT", int)

    def open(self, cc: mp.CalculatorContext) -> None:
        self.next = 0

    def process(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.out, self.next, self.next)
        self.next += 1


GRAPH = """
input_stream: "IN:numbers"
output_stream: "OUT:same"
node { calculator: "PassThroughCalculator" input_stream: "numbers" output_stream: "between" }
node { calculator: "PassThroughCalculator" input_stream: "between" output_stream: "same" }
"""


def failure(step: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        step()
    return str(caught.value)


def test_chain_of_steps() -> None:
    run(Scale, {"factor": 2}).send("IN", 1 @ t(0)).expect("OUT", 2 @ t(0)).settles("OUT", 0).finish()


def test_several_packets_and_bounds() -> None:
    with run(Scale) as scale:
        scale.send("IN", 1 @ t(0), 7 @ t(10), 3 @ t(20))
        scale.expect("OUT", 2 @ t(0)).expect("OUT", 6 @ t(20)).expect_nothing("OUT")
        scale.send(Scale.data, 7 @ t(30)).expect_nothing().settles(Scale.out, 30)
        scale.bound("IN", 50).settles("OUT", 49)
        scale.close("IN").expect_closed()


@pytest.mark.parametrize(
    "options", [Scale.Options(3), {"factor": 3}, "factor: 3"], ids=["dataclass", "dict", "text"]
)
def test_options(options: Any) -> None:
    run(Scale, options).send("IN", 2 @ t(0)).expect("OUT", 6 @ t(0)).finish()


def test_options_of_a_message() -> None:
    calculator = "PacketThinnerCalculator"
    thinner = run(calculator, {"thinner_type": "ASYNC", "period": 10})
    thinner.send("", *(n @ t(n) for n in range(0, 30, 5))).expect("", 0 @ t(0), 10 @ t(10), 20 @ t(20))
    thinner.finish()


def test_packets_keep_their_type_and_time() -> None:
    runner = run("PassThroughCalculator").send("", packet_creator.create_uint8(5).at(3))
    runner.expect("", packet_creator.create_uint8(5) @ t(3)).finish()
    runner = run("PassThroughCalculator").send("", 5 @ t(3))
    text = failure(lambda: runner.expect("", packet_creator.create_uint8(5).at(3)))
    assert "its type is int, not unsigned char" in text


def test_optional_inputs_are_connected_if_used() -> None:
    run(Blend).send("A", 1.0 @ t(0)).expect("SUM", 1.0 @ t(0)).close().expect("LAST", 1.0 @ t(99)).finish()
    both = run(Blend).send("A", 1.0 @ t(0)).send("B", 0.5 @ t(0)).expect("SUM", 1.5 @ t(0))
    both.close().expect("LAST", ANY).expect_side("COUNT", 1).finish()
    with pytest.raises(NotFoundError, match=r'no input stream "B".*Connected are: "A"'):
        run(Blend, unread=False).send("A", 1.0 @ t(0)).expect("SUM", 1.0).send("B", 1.0 @ t(0))


def test_chosen_streams() -> None:
    blend = run(Blend, inputs=["A", "B"], outputs=["SUM"]).send("A", 1.0 @ t(0)).expect_nothing()
    blend.send("B", 1.0 @ t(0)).expect("SUM", 2.0 @ t(0)).finish()


def test_side_packets_and_headers() -> None:
    blend = run(Blend, side={"LEVEL": 10.0}, headers={"A": "any"}, outputs=["SUM"])
    blend.send("A", 1.0 @ t(0)).expect("SUM", 11.0 @ t(0)).expect_header("SUM", VideoHeader(width=3))
    assert "The header of SUM" in failure(lambda: blend.expect_header("SUM", VideoHeader(width=4)))
    blend = run(Blend).send("A", 1.0 @ t(0))
    assert "is not set" in failure(lambda: blend.expect_side("COUNT", 1))


def test_port_names() -> None:
    run(Scale).send("data", 1 @ t(0)).expect("out", 2 @ t(0)).finish()
    runner = run("PassThroughCalculator").send("A:1", 1 @ t(0)).send("A", 2 @ t(0))
    runner.expect("A:1", 1 @ t(0)).expect("A:0", 2 @ t(0)).finish()
    with pytest.raises(NotFoundError, match='Did you mean "IN"'):
        run(Scale).send("INN", 1 @ t(0))


def test_whole_graph(tmp_path: Path) -> None:
    run(GRAPH).send("IN", 1 @ t(0)).expect("OUT", 1 @ t(0)).finish()
    file = tmp_path / "graph.pbtxt"
    file.write_text(GRAPH)
    run(file).send("numbers", 1 @ t(0)).expect("same", 1 @ t(0)).finish()
    run(str(file), outputs=["between"]).send("numbers", 1 @ t(0)).expect("between", 1 @ t(0)).finish()
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_config=GRAPH)
    run(validated).send("IN", 1 @ t(0)).expect("OUT", 1 @ t(0)).finish()


@mp.calculator
def runner_double(number: int, *, factor: int = 2) -> int:
    """Double it."""
    return number * factor


@mp.subgraph
def runner_times(graph: mp.GraphBuilder, *, factor: int = 2, count: int = 1) -> None:
    """Multiply `count` numbers."""
    for index in range(count):
        number = graph.input(f"IN:{index}", int)
        graph.output(f"OUT:{index}", graph.node(runner_double, number, factor=factor))


def test_decorated_function() -> None:
    run(runner_double).send("NUMBER", 1 @ t(0)).expect("", 2 @ t(0)).settles("", 0).finish()
    run(runner_double, {"factor": 3}).send("number", 1 @ t(0)).expect("", 3 @ t(0)).finish()
    run("RunnerDoubleCalculator").send("NUMBER", 1 @ t(0)).expect("", 2 @ t(0)).finish()


def test_graph_builder() -> None:
    graph = mp.GraphBuilder()
    number = graph.input("in", int)
    graph.output("out", graph.node(runner_double, number))
    run(graph).send("in", 1 @ t(0)).expect("out", 2 @ t(0)).finish()


def test_python_subgraph() -> None:
    run(runner_times).send("IN", 3 @ t(0)).expect("OUT", 6 @ t(0)).finish()
    two = run(runner_times, {"factor": 3, "count": 2}).send("IN:1", 3 @ t(0)).expect("OUT:1", 9 @ t(0))
    two.expect_nothing("OUT:0").finish()
    run("RunnerTimes", "factor: 5").send("IN", 3 @ t(0)).expect("OUT", 15 @ t(0)).finish()


def test_subgraph_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "twice_same.pbtxt").write_text(GRAPH)
    monkeypatch.chdir(tmp_path)
    run("TwiceSame").send("IN", 1 @ t(0)).expect("OUT", 1 @ t(0)).finish()


def test_invalid_targets_and_options() -> None:
    with pytest.raises(NotFoundError, match='Did you mean "PassThroughCalculator"'):
        run("PassTroughCalculator")
    with pytest.raises(InvalidArgumentError, match='no option "factr". Did you mean "factor"'):
        run(Scale, {"factr": 2})
    with pytest.raises(InvalidArgumentError, match="whole graph has no options"):
        run(GRAPH, {"factor": 2})
    with pytest.raises(InvalidArgumentError, match="takes a calculator"):
        run(int)


def test_invalid_values_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"no time. Write value @ t\(0\)"):
        run(Scale).send("IN", 1)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match=r"a float, where int is accepted"):
        run(Scale).send("IN", 1.5 @ t(0))
    with pytest.raises(InvalidArgumentError, match=r"ndarray, where ImageFrame is accepted.*ImageFrame.wrap"):
        run(Flip).send("", solid(9, 99, 99).pixels @ t(0))
    with pytest.raises(InvalidArgumentError, match=r"bound\(\) advances a stream"):
        run(Scale).send("IN", None @ t(0))


def test_failed_expectation_shows_both_sides_and_the_transcript() -> None:
    runner = run(Scale).send("IN", 1 @ t(0), 2 @ t(10), 3 @ t(20))
    text = failure(lambda: runner.expect("OUT", 2 @ t(0), 5 @ t(10), 4 @ t(20), 8 @ t(30)))
    assert text.splitlines()[:7] == [
        "OUT of Scale is not as expected:",
        "     expected  got",
        "  1  2 @ 0     2 @ 0",
        "  2  5 @ 10    4 @ 10     <- differs",
        "  3  4 @ 20    6 @ 20     <- differs; the same value came at 10",
        "  4  8 @ 30    (nothing)  <- it did not come",
        "  OUT has settled up to 20: its bound is 21.",
    ]
    assert re.search(r"\(.*test_runner\.py:\d+\)", text)
    assert "So far:\n  sent  IN   1 @ 0 " in text
    assert "\n  came  OUT  2 @ 0" in text


def test_calculator_error_fails_the_next_step() -> None:
    runner = run(Scale).send("IN", -1 @ t(0))
    with pytest.raises(AssertionError, match="ValueError: negative") as caught:
        runner.expect("OUT", 1)
    chain = []
    error: BaseException | None = caught.value
    while error is not None:
        chain.append(type(error))
        error = error.__cause__
    assert ValueError in chain


def test_expected_errors() -> None:
    run(Scale).send("IN", 1 @ t(0), -1 @ t(1)).expect_error("negative").finish()
    assert "but not with 'positive'" in failure(
        lambda: run(Scale).send("IN", -1 @ t(0)).expect_error("positive")
    )
    assert "but not with KeyError: 'negative'" in failure(
        lambda: run(Scale).send("IN", -1 @ t(0)).expect_error("negative", KeyError)
    )
    assert "has not failed" in failure(lambda: run(Scale).send("IN", 1 @ t(0)).expect_error("negative"))


def test_unread_packets_are_an_error() -> None:
    runner = run(Scale).send("IN", 1 @ t(0), 2 @ t(10)).expect("OUT", 2 @ t(0))
    assert "Not expected from Scale:\n  OUT  4 @ 10" in failure(runner.finish)
    with pytest.raises(AssertionError, match="Not expected"), run(Scale) as scale:
        scale.send("IN", 1 @ t(0))
    run(Scale, unread=False).send("IN", 1 @ t(0)).finish()
    runner = run(Scale).send("IN", 1 @ t(0))
    assert [packet.payload for packet in runner.take("OUT")] == [2]
    runner.finish()


def test_exception_in_the_with_block_wins() -> None:
    def look() -> None:
        with run(Scale) as scale:
            scale.send("IN", 1 @ t(0))
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        look()


def test_failed_stream_checks() -> None:
    text = failure(lambda: run(Scale).send("IN", 1 @ t(0)).settles("OUT", 10))
    assert "not settled at 10" in text
    assert "its bound is 1" in text
    assert "is not closed" in failure(lambda: run(Scale).expect_closed("OUT"))
    assert "Not expected" in failure(lambda: run(Scale).send("IN", 1 @ t(0)).expect_nothing("OUT"))
    with pytest.raises(InvalidArgumentError, match="needs a value"):
        run(Scale).expect("OUT")


def test_endless_source_fails_instead_of_hanging() -> None:
    assert "must return STOP" in failure(lambda: run(Endless).expect("OUT", 0 @ t(0)))


def test_special_times_and_payloads() -> None:
    runner = run("PassThroughCalculator").send("", "x" @ t(Timestamp.PRESTREAM))
    runner.expect("", "x" @ t(Timestamp.PRESTREAM)).finish()
    message = detection_pb2.Detection(label=["person"], score=[0.9])
    run("PassThroughCalculator").send("", message @ t(0)).expect("", message @ t(0)).finish()
    array = np.eye(2, dtype=np.float32)
    run("PassThroughCalculator").send("", array @ t(0)).expect("", array @ t(0)).finish()


def test_errors_are_raised_at_the_line_of_the_test() -> None:
    for step in (
        lambda: run(Scale).send("IN", 7 @ t(0)).expect("OUTT", 2 @ t(0)),
        lambda: run(Scale, {"factr": 1}),
        lambda: run(Scale).send("IN", "x" @ t(0)),
    ):
        with pytest.raises(mp.MpgraphError) as caught:
            step()
        assert caught.value.__cause__ is None
        assert [entry.name for entry in caught.traceback[1:]] == ["<lambda>", "call"]
        assert caught.traceback[-1].frame.f_locals["__tracebackhide__"] is True
    with pytest.raises(mp.MpgraphError) as caught:
        run(Broken).expect_nothing()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_long_transcript_shows_its_end() -> None:
    runner = run(Scale).send("IN", *(1 @ t(n) for n in range(100)))
    runner.take("OUT")
    text = failure(lambda: runner.expect("OUT", 1))
    assert "... 160 lines before ..." in text
    assert "2 @ 99" in text


def test_optional_outputs_may_stay_unread_unless_named() -> None:
    gate = run("GateCalculator").send("", "a" @ t(0)).send("ALLOW", True @ t(0)).expect("", "a" @ t(0))
    gate.send("ALLOW", False @ t(1)).send("", "b" @ t(1)).expect_nothing().settles("", 1)
    gate.expect("STATE_CHANGE", False @ t(1)).finish()
    run(Blend).send("A", 1.0 @ t(0)).expect("SUM", 1.0 @ t(0)).finish()
    named = run(Blend).send("A", 1.0 @ t(0)).expect("SUM", 1.0 @ t(0)).expect_nothing("LAST")
    assert "Not expected from Blend:\n  LAST  1.0 @ 99" in failure(named.finish)
    chosen = run(Blend, outputs=["SUM", "LAST"]).send("A", 1.0 @ t(0)).expect("SUM", 1.0 @ t(0))
    assert "LAST" in failure(chosen.finish)


def test_only_the_chosen_outputs_are_connected() -> None:
    run(Blend, outputs=["SUM"]).send("A", 1.0 @ t(0)).expect("SUM", 1.0 @ t(0)).close().finish()
    with pytest.raises(NotFoundError, match='no output stream "LAST".*Connected are: "SUM"'):
        run(Blend, outputs=["SUM"]).expect_nothing("LAST")


class Tens(mp.Calculator):
    values = mp.Input("IN", int, repeated=True)
    out = mp.Output("OUT", int, repeated=True)

    def process(self, cc: mp.CalculatorContext) -> None:
        for index, value in enumerate(cc.values(self.values)):
            if value is not None:
                cc.emit(self.out, 10 * value, index=index)


def test_repeated_outputs_match_the_inputs() -> None:
    runner = run(Tens).send("IN:0", 1 @ t(0)).send("IN:1", 2 @ t(0)).send("IN:2", 3 @ t(0))
    runner.expect("OUT:0", 10 @ t(0)).expect("OUT:1", 20 @ t(0)).expect("OUT:2", 30 @ t(0)).finish()


@dataclass
class Counting(mp.Calculator):
    value = mp.Input("IN", int)
    out = mp.Output("OUT", int)
    count: int = 0

    def process(self, cc: mp.CalculatorContext) -> int:
        self.count += 1
        return self.count


def test_dataclass_calculator() -> None:
    run(Counting).send("IN", 5 @ t(0), 5 @ t(1)).expect("OUT", 1 @ t(0), 2 @ t(1)).finish()


def test_mutually_exclusive_outputs_are_connected_by_use() -> None:
    scaled = {"output_tensor_width": 4, "output_tensor_height": 4, "output_tensor_float_range": {"max": 1.0}}
    for port in ("TENSORS", "TENSOR"):
        run("ImageToTensorCalculator", scaled).send("IMAGE", solid(9) @ t(0)).expect(
            port, ANY @ t(0)
        ).finish()
    wrong = run("SetAlphaCalculator").send("IMAGE", solid(9) @ t(0))
    with pytest.raises(mp.MpgraphError, match="Connect ALPHA or set alpha_value") as raised:
        wrong.expect("IMAGE", ANY @ t(0))
    assert "IMAGE_GPU" not in str(raised.value)


class EitherSide(mp.Calculator):
    """Exactly one of its side packets may be connected."""

    data = mp.Input("", int)
    number = mp.SideOutput("NUMBER", int, optional=True)
    text = mp.SideOutput("TEXT", str, optional=True)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        super().get_contract(contract)
        contract.need(len(contract.side_outputs) == 1, "Connect NUMBER or TEXT.")

    def open(self, cc: mp.CalculatorContext) -> None:
        cc.emit(self.number, 3)
        cc.emit(self.text, "three")

    def process(self, cc: mp.CalculatorContext) -> None:
        pass


def test_mutually_exclusive_side_packets_are_connected_by_use() -> None:
    for port, value in (("NUMBER", 3), ("TEXT", "three")):
        run(EitherSide).send("", 1 @ t(0)).expect_side(port, value).finish()
        run(EitherSide, inputs=[""], outputs=[]).expect_side(port, value).finish()
    with pytest.raises(mp.MpgraphError, match="Connect NUMBER or TEXT"):
        run(EitherSide).expect_nothing()


def test_bound_before_the_first_expectation_connects_its_input() -> None:
    both = run(Blend, outputs=["SUM"]).bound("B", 5).send("A", 1.0 @ t(0)).expect("SUM", 1.0 @ t(0))
    both.send("B", 0.5 @ t(5)).send("A", 2.0 @ t(5)).expect("SUM", 2.5 @ t(5)).finish()


def test_exact_bounds() -> None:
    scale = run(Scale).bound("IN", 5).expect_bound("OUT", 5).settles("OUT", 4)
    text = failure(lambda: scale.expect_bound("OUT", 4))
    assert text.startswith("The bound of OUT of Scale is not 4:\n  OUT has settled up to 4: its bound is 5.")
    run(Scale).close().expect_bound("OUT", Timestamp.DONE)


def test_class_of_an_expected_error() -> None:
    run(Scale).send("IN", -1 @ t(0)).expect_error("negative", mp.errors.UnknownError)
    runner = run(Scale).send("IN", -1 @ t(0))
    text = failure(lambda: runner.expect_error("negative", InvalidArgumentError))
    assert "not with InvalidArgumentError: 'negative':\n  UnknownError: " in text


class Count(mp.Calculator):
    """Output side packet i is i."""

    out = mp.SideOutput("OUT", repeated=True)

    def open(self, cc: mp.CalculatorContext) -> None:
        for index in range(cc.side_output_tags.count("OUT")):
            cc.forward(self.out, packet_creator.create_uint8(index), index=index)


def test_side_packets_are_connected_by_the_first_expectation() -> None:
    count = run(Count).expect_side("OUT:2", packet_creator.create_uint8(2)).expect_side("OUT:1", 1)
    text = failure(lambda: count.expect_side("OUT", packet_creator.create_int(0)))
    assert "its type is unsigned char, not int" in text


class Sink(mp.Calculator):
    """Has no outputs."""

    data = mp.Input("", int, repeated=True)

    def process(self, cc: mp.CalculatorContext) -> None:
        pass


def test_sink_has_no_outputs() -> None:
    run(Sink).send(":1", 1 @ t(0)).expect_nothing().finish()


def test_side_packets_of_the_nodes_of_a_graph_go_by_name() -> None:
    text = 'node { calculator: "PassThroughCalculator" input_side_packet: "a" output_side_packet: "b" }'
    run(text, side={"a": 1}).expect_side("b", 1)
