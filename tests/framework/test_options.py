"""Options: ranges, the types of fields, and messages by name and by class."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest

import mpgraph as mp
from mpgraph.errors import ConfigError, InvalidArgumentError
from mpgraph.framework.options import OptionType, Range, option_type, option_types
from mpgraph.protos import flow_limiter_calculator_pb2, gate_calculator_pb2


class Mode(enum.Enum):
    FAST = "fast"
    EXACT = "exact"


@dataclass
class Point:
    x: float = 0.0


@pytest.mark.parametrize(
    ("limit", "inside", "outside", "text"),
    [
        (Range(0, 1), [0, 0.5, 1], [-0.1, 1.1, math.nan, math.inf], "from 0 to 1"),
        (Range(above=0), [0.1, math.inf], [0, -1, math.nan], "above 0"),
        (Range(0, below=1), [0, 0.9], [1], "at least 0 and below 1"),
        (Range(above=0, high=1), [1], [0], "above 0 and at most 1"),
        (Range(high=3), [-math.inf, 3], [4], "at most 3"),
        (Range(2, 2), [2], [1, 3], "from 2 to 2"),
    ],
)
def test_range_of_numbers(limit: Range, inside: list[float], outside: list[float], text: str) -> None:
    assert all(value in limit for value in inside)
    assert not any(value in limit for value in outside)
    assert str(limit) == text
    assert limit == eval(repr(limit)) and hash(limit) == hash(eval(repr(limit)))


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: Range(), "needs a limit"),
        (lambda: Range(1, 0), "No number is from 1 to 0"),
        (lambda: Range(above=1, below=1), "No number is above 1 and below 1"),
        (lambda: Range(0, above=0), "low or above"),
        (lambda: Range(0, 1, below=1), "high or below"),
    ],
)
def test_range_without_numbers_is_refused(make: Any, complaint: str) -> None:
    with pytest.raises(InvalidArgumentError, match=complaint):
        make()


@pytest.mark.parametrize(
    ("hint", "expected", "label"),
    [
        (int, OptionType(int), "int"),
        (int | None, OptionType(int), "int"),
        (list[str], OptionType(str, list), "list of str"),
        (tuple[Point, ...], OptionType(Point, tuple), "list of Point"),
        (Annotated[float, Range(0, 1)], OptionType(float, None, Range(0, 1)), "float from 0 to 1"),
        (Annotated[float, Range(0, 1)] | None, OptionType(float, None, Range(0, 1)), "float from 0 to 1"),
        (Annotated[int | None, Range(0)], OptionType(int, None, Range(0)), "int at least 0"),
        (Annotated[list[int], Range(0)], OptionType(int, list, Range(0)), "list of int at least 0"),
        (list[Annotated[int, Range(0)]], OptionType(int, list, Range(0)), "list of int at least 0"),
        (Literal["a", "b"], OptionType(str, None, None, ("a", "b")), "a, b"),
        (list[Literal[1, 2]], OptionType(int, list, None, (1, 2)), "list of 1, 2"),
        (Mode, OptionType(Mode), "FAST, EXACT"),
    ],
)
def test_payload_type_of_an_annotation(hint: Any, expected: OptionType, label: str) -> None:
    found = option_type(hint, "here")
    assert found == expected
    assert found.label == label


@pytest.mark.parametrize(
    ("hint", "complaint"),
    [
        (dict[str, int], "here: options cannot have a field of type dict"),
        (list[list[int]], "cannot have a field of type list"),
        (int | str, "cannot have a field of type"),
        (tuple[int, str], "cannot have a field of type tuple"),
        (object, "cannot have a field of type"),
        (Any, "cannot have a field of type"),
        (Literal["a", 1], "must be all strings or all integers"),
        (Annotated[str, Range(0)], "a Range is for int and float, not for str"),
        (Annotated[float, Range], "Range needs its limits"),
    ],
)
def test_unsupported_option_types_are_refused(hint: Any, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        option_type(hint, "here")


def test_problem_of_a_value() -> None:
    level = option_type(Annotated[float, Range(0, 1)], "")
    assert level.problem(0.5) == ""
    assert level.problem(1.5) == "takes a number from 0 to 1, found 1.5."
    kind = option_type(Literal["fast", "exact"], "")
    assert kind.problem("fats") == 'takes one of fast, exact, found fats. Did you mean "fast"?'


def test_fields_of_a_dataclass_in_order() -> None:
    @dataclass
    class Options:
        level: Annotated[float, Range(0, 1)] = 0.5
        derived: int = field(init=False, default=0)
        mode: Mode = Mode.FAST
        where: "Local | None" = None  # noqa: UP037

    @dataclass
    class Local:
        x: int = 0

    found = option_types(Options, {"Local": Local})
    assert list(found) == ["level", "mode", "where"]
    assert found["where"].type is Local
    with pytest.raises(ConfigError, match="name 'Local' is not defined.*must be defined in the module"):
        option_types(Options)


def test_message_may_be_given_by_name_or_class() -> None:
    message = gate_calculator_pb2.GateCalculatorOptions
    by_name, by_class = mp.ProtoOptions("GateCalculatorOptions"), mp.ProtoOptions(message)
    assert by_name.message_class() is by_class.message_class() is message
    assert by_name.full_name == by_class.full_name == "mediapipe.GateCalculatorOptions"
    assert repr(by_class) == "ProtoOptions('GateCalculatorOptions')"


@pytest.mark.parametrize(
    "options",
    [mp.ProtoOptions("GateCalculatorOptions"), mp.ProtoOptions(gate_calculator_pb2.GateCalculatorOptions)],
)
def test_context_gives_the_options_with_their_type(options: mp.ProtoOptions[Any]) -> None:
    read: list[object] = []

    class Reader(mp.Calculator):
        Options = options

        def open(self, cc: mp.CalculatorContext) -> None:
            read.append(cc.options_as(options).allow)
            with pytest.raises(InvalidArgumentError, match=r"not a FlowLimiterCalculatorOptions.*options_as"):
                cc.options_as(flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions)

        def process(self, cc: mp.CalculatorContext) -> object:
            return mp.STOP

    mp.testing.run(Reader, options={"allow": True}).finish()
    assert read == [True]
