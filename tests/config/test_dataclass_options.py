"""Options as dataclasses, from text and back."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

import pytest

from mpgraph.calculator_base import Calculator
from mpgraph.config.dataclass_options import schema_of
from mpgraph.config.options import adopt_options, node_options
from mpgraph.config.source import parse_graph_bytes, parse_graph_text
from mpgraph.config.validation import validate
from mpgraph.errors import ConfigError
from mpgraph.registry import register


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
def test_every_kind_of_field(label: str) -> None:
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


def test_what_is_left_out_has_its_default() -> None:
    assert read(CfgDrawn, "") == CfgDrawn.Options()
    assert read(CfgDrawn, "node_options { [type.googleapis.com/CfgDrawnOptions] { where {} } }") == (
        CfgDrawn.Options()
    )


def test_mistakes_are_found_in_the_text() -> None:
    with pytest.raises(ConfigError, match=r'Unknown field "levle".*Did you mean "level"') as raised:
        read(CfgDrawn, "node_options { [type.googleapis.com/CfgDrawnOptions] { levle: 1 } }")
    assert raised.value.location is not None
    with pytest.raises(ConfigError, match="takes one of OFF, ON"):
        read(CfgDrawn, "node_options { [type.googleapis.com/CfgDrawnOptions] { mode: MAYBE } }")


def test_fields_without_a_default_must_be_given() -> None:
    with pytest.raises(ConfigError, match='required field "size" is missing'):
        read(CfgRequired, "")


def test_a_dataclass_may_refuse_values() -> None:
    with pytest.raises(ConfigError, match="less than nothing"):
        read(CfgRequired, "node_options { [type.googleapis.com/CfgRequiredOptions] { size: -1 } }")
    options = "node_options { [type.googleapis.com/CfgRequiredOptions] { size: -1 } }"
    with pytest.raises(ConfigError, match=r'^ValidatedGraphConfig.*\n<string>:1:1: .*node "CfgRequired"'):
        validate(f'node {{ calculator: "CfgRequired"\n {options} }}')


def test_the_options_survive_the_binary_form() -> None:
    options = "node_options { [type.googleapis.com/CfgRequiredOptions] { size: 7 } }"
    model = validate(f'node {{ calculator: "CfgRequired" {options} }}')
    again = validate(parse_graph_bytes(model.config.SerializeToString()))
    assert again.nodes[0].options == CfgRequired.Options(7)


def test_a_class_may_be_defined_anew() -> None:
    def define(cls: type) -> Any:
        return type("CfgAgain", (Calculator,), {"Options": dataclass(cls)})

    class First:
        a: int = 1

    class Second:
        b: str = "x"

    label = "node_options { [type.googleapis.com/CfgAgainOptions] { %s } }"
    assert read(define(First), label % "a: 2").a == 2
    assert read(define(Second), label % 'b: "y"').b == "y"


def test_types_that_no_message_has_are_refused() -> None:
    @dataclass
    class Bad:
        table: dict[str, int] = field(default_factory=dict)

    with pytest.raises(ConfigError, match=r"Bad\.table: options cannot have a field of type dict"):
        schema_of(Bad, "Bad")


def test_calculators_that_share_options_have_a_message_each() -> None:
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
