"""Dataclass options: conversion from text and back, checks."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest

from mpgraph.config.dataclass_options import schema_of
from mpgraph.config.options import adopt_options, node_options
from mpgraph.config.source import parse_graph_bytes, parse_graph_text
from mpgraph.config.text.printing import message_to_text
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import ConfigError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.options import Range
from mpgraph.framework.registry import register


class Mode(enum.IntEnum):
    OFF = 0
    ON = 5


@dataclass
class Point:
    x: float = 0.0
    y: float = 0.0


@register
class CfgDrawn(Calculator):
    class Shape(enum.Enum):
        ROUND = 1
        SQUARE = 2

    @dataclass
    class Options:
        level: float = 0.5
        count: int = -1
        name: str = "none"
        data: bytes = b""
        flag: bool = True
        mode: Mode = Mode.OFF
        shape: CfgDrawn.Shape | None = None
        where: Point = field(default_factory=Point)
        labels: list[str] = field(default_factory=list)
        path: tuple[Point, ...] = ()
        limit: int | None = None


@register
class CfgRequired(Calculator):
    @dataclass
    class Options:
        size: int
        twice: int = field(init=False, default=0)

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError(f"size is {self.size}, which is less than nothing.")


TEXT = """
level: 0.25 count: 9007199254740993 name: "n" data: "\\001" flag: false mode: ON shape: SQUARE
where { x: 1 } labels: ["a", "b"] path { x: 2 } path {} limit: 0
"""


def read(calculator: Any, options: str) -> Any:
    source = parse_graph_text(f"node {{ {options} }}")
    node = source.config.node[0]
    adopt_options(node, calculator, source.node_source(0))
    return node_options(node, calculator)


@pytest.mark.parametrize(
    "label",
    [
        "node_options { [type.googleapis.com/CfgDrawnOptions] { %s } }",
        "node_options { [type.googleapis.com/mediapipe.CfgDrawnOptions] { %s } }",
        "options { [CfgDrawnOptions.ext] { %s } }",
        "options { [mediapipe.CfgDrawnOptions.ext] { %s } }",
    ],
)
def test_every_field_type(label: str) -> None:
    assert read(CfgDrawn, label % TEXT) == CfgDrawn.Options(
        level=0.25,
        count=9007199254740993,
        name="n",
        data=b"\x01",
        flag=False,
        mode=Mode.ON,
        shape=CfgDrawn.Shape.SQUARE,
        where=Point(1, 0),
        labels=["a", "b"],
        path=(Point(2), Point()),
        limit=0,
    )


def test_missing_fields_have_defaults() -> None:
    assert read(CfgDrawn, "") == CfgDrawn.Options()
    assert read(CfgDrawn, "node_options { [type.googleapis.com/CfgDrawnOptions] { where {} } }") == (
        CfgDrawn.Options()
    )


def test_errors_are_located_in_the_text() -> None:
    with pytest.raises(ConfigError, match=r'Unknown field "levle".*Did you mean "level"') as raised:
        read(CfgDrawn, "node_options { [type.googleapis.com/CfgDrawnOptions] { levle: 1 } }")
    assert raised.value.location is not None
    with pytest.raises(ConfigError, match="takes one of OFF, ON"):
        read(CfgDrawn, "node_options { [type.googleapis.com/CfgDrawnOptions] { mode: MAYBE } }")


def test_fields_without_a_default_are_required() -> None:
    with pytest.raises(ConfigError, match='required field "size" is missing'):
        read(CfgRequired, "")


def test_dataclass_may_reject_values() -> None:
    with pytest.raises(ConfigError, match="less than nothing"):
        read(CfgRequired, "node_options { [type.googleapis.com/CfgRequiredOptions] { size: -1 } }")
    options = "node_options { [type.googleapis.com/CfgRequiredOptions] { size: -1 } }"
    with pytest.raises(ConfigError, match=r'^ValidatedGraphConfig.*\n<string>:1:1: .*node "CfgRequired"'):
        validate(f'node {{ calculator: "CfgRequired"\n {options} }}')


def test_binary_round_trip() -> None:
    options = "node_options { [type.googleapis.com/CfgRequiredOptions] { size: 7 } }"
    model = validate(f'node {{ calculator: "CfgRequired" {options} }}')
    again = validate(parse_graph_bytes(model.config.SerializeToString()))
    assert again.nodes[0].options == CfgRequired.Options(7)


def test_class_may_be_redefined() -> None:
    def define(cls: type) -> Any:
        return type("CfgAgain", (Calculator,), {"Options": dataclass(cls)})

    class First:
        a: int = 1

    class Second:
        b: str = "x"

    label = "node_options { [type.googleapis.com/CfgAgainOptions] { %s } }"
    assert read(define(First), label % "a: 2").a == 2
    assert read(define(Second), label % 'b: "y"').b == "y"


def test_unsupported_types_are_rejected() -> None:
    @dataclass
    class Bad:
        table: dict[str, int] = field(default_factory=dict)

    with pytest.raises(ConfigError, match=r"Bad\.table: options cannot have a field of type dict"):
        schema_of(Bad, "Bad")


def test_types_from_inside_a_function() -> None:
    class Local(enum.Enum):
        HERE = "here"

    @dataclass
    class Part:
        where: Local = Local.HERE

    class CfgLocal(Calculator):
        @dataclass
        class Options:
            part: Part = field(default_factory=Part)
            kind: Local | None = None

    label = "node_options { [type.googleapis.com/CfgLocalOptions] { %s } }"
    assert read(CfgLocal, label % "kind: HERE") == CfgLocal.Options(kind=Local.HERE)


def test_calculators_sharing_options_have_separate_messages() -> None:
    class CfgParent(Calculator):
        @dataclass
        class Options:
            a: int = 1

    class CfgChild(CfgParent):
        pass

    class CfgCousin(Calculator):
        Options = CfgParent.Options

    for calculator in (CfgParent, CfgChild, CfgCousin, CfgParent):
        name = f"{calculator.__name__}Options"
        found = read(calculator, f"node_options {{ [type.googleapis.com/{name}] {{ a: 2 }} }}")
        assert found == CfgParent.Options(2)
    with pytest.raises(ConfigError, match="CfgParentOptions.* of no known type"):
        read(CfgChild, "node_options { [type.googleapis.com/CfgParentOptions] { a: 2 } }")


@dataclass
class Spot:
    x: Annotated[float, Range(0, 1)] = 0.0


class Style(enum.Enum):
    PLAIN = "plain"
    BOLD = "bold"


@register
class CfgRanges(Calculator):
    @dataclass
    class Options:
        level: Annotated[float, Range(0, 1)] = 0.5
        size: Annotated[int, Range(above=0, below=10)] | None = None
        weights: list[Annotated[float, Range(0)]] = field(default_factory=list)
        spots: list[Spot] = field(default_factory=list)
        kind: Literal["round", "square"] = "round"
        style: Style = Style.PLAIN


def ranges(options: str, more: str = "") -> str:
    return f"""node {{
  calculator: "CfgRanges"
  node_options {{
    [type.googleapis.com/CfgRangesOptions] {{
      {options}
    }}
  }}
  {more}
}}"""


def test_values_in_range() -> None:
    text = 'level: 1 size: 9 weights: [0, 2] spots { x: 1 } spots {} kind: "square" style: BOLD'
    assert validate(ranges(text)).nodes[0].options == CfgRanges.Options(
        1.0, 9, [0.0, 2.0], [Spot(1.0), Spot()], "square", Style.BOLD
    )


@pytest.mark.parametrize(
    ("options", "column", "problem"),
    [
        ("level: 1.5", 14, '"level" takes a number from 0 to 1, found 1.5.'),
        ("level: nan", 14, '"level" takes a number from 0 to 1, found nan.'),
        ("size: 10", 13, '"size" takes a number above 0 and below 10, found 10.'),
        ("weights: [1, -2]", 20, '"weights" takes a number at least 0, found -2.0.'),
        ("weights: 1 weights: -2", 27, '"weights" takes a number at least 0, found -2.0.'),
        ("spots {} spots { x: 2 }", 27, '"x" takes a number from 0 to 1, found 2.0.'),
        ('kind: "rond"', 13, '"kind" takes one of round, square, found rond. Did you mean "round"?'),
        ("style: BOLDER", 14, '"style" takes one of PLAIN, BOLD, found BOLDER. Did you mean "BOLD"?'),
    ],
)
def test_values_out_of_range_are_located(options: str, column: int, problem: str) -> None:
    with pytest.raises(ConfigError) as raised:
        validate(ranges(options))
    assert f"<string>:5:{column}: " in str(raised.value)
    assert problem in str(raised.value)


def test_all_values_out_of_range_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        validate(ranges("level: -1 size: 0 spots { x: -1 }"))
    assert [problem in str(raised.value) for problem in ('"level"', '"size"', '"x"')] == [True] * 3


def test_values_out_of_range_are_reported_with_other_errors() -> None:
    with pytest.raises(ConfigError) as raised:
        validate(ranges("level: 7 sise: 3 size: 70"))
    places = ["<string>:5:16: Unknown field", '<string>:5:14: mediapipe.CfgRangesOptions: "level"']
    assert [place in str(raised.value) for place in [*places, "<string>:5:30: mediapipe.CfgRangesOptions"]]


def test_values_out_of_range_in_a_binary_graph() -> None:
    binary = validate(ranges("level: 0.75")).config.SerializeToString()
    eight = b"\x09" + struct.pack("<d", 0.75)
    assert eight in binary
    with pytest.raises(
        ConfigError, match=r'"level" takes a number from 0 to 1, found 8\.0\. \(node "CfgRanges"'
    ):
        validate(parse_graph_bytes(binary.replace(eight, b"\x09" + struct.pack("<d", 8.0))))


def test_option_values_are_checked() -> None:
    graph = "graph_options { [type.googleapis.com/CfgDrawnOptions] { %s } }\n"
    text = ranges("level: 0.25", 'option_value: "size:count"')
    assert validate(graph % "count: 7" + text).nodes[0].options == CfgRanges.Options(0.25, 7)
    with pytest.raises(ConfigError, match='"size" takes a number above 0 and below 10, found 70') as raised:
        validate(graph % "count: 70" + text)
    assert raised.value.location is not None and raised.value.location.line == 9


def test_options_of_another_class_are_rejected() -> None:
    text = ranges("level: 0.25").replace('"CfgRanges"', '"CfgRequired"')
    with pytest.raises(ConfigError) as raised:
        validate(text)
    assert "[type.googleapis.com/mediapipe.CfgRangesOptions] are not the options of CfgRequired." in str(
        raised.value
    )
    assert "Write [type.googleapis.com/mediapipe.CfgRequiredOptions] { ... }." in str(raised.value)


def test_text_round_trip() -> None:
    config = ValidatedGraphConfig()
    config.initialize(graph_config=ranges('level: 0.25 spots { x: 1 } kind: "square" style: BOLD'))
    printed = config.text_config
    for line in ("level: 0.25", "x: 1.0", 'kind: "square"', "style: BOLD"):
        assert line in [stripped.strip() for stripped in printed.splitlines()]
    assert message_to_text(parse_graph_bytes(config.binary_config).config) == printed
    assert validate(printed).nodes[0].options == config.model.nodes[0].options
