from __future__ import annotations

import pytest

from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import InvalidArgumentError
from mpgraph.session.side_packets import parse_side_packets

GRAPH = """
input_side_packet: "SELECT:choice"
input_side_packet: "FILE_PATH:path"
input_side_packet: "anything"
output_side_packet: "contents"
node {
  calculator: "LocalFileContentsCalculator"
  input_side_packet: "FILE_PATH:path"
  output_side_packet: "CONTENTS:contents"
}
node {
  calculator: "SwitchDemuxCalculator"
  input_side_packet: "SELECT:choice"
  input_side_packet: "X:anything"
  output_side_packet: "C0__X:a"
  output_side_packet: "C1__X:b"
}
"""


def parsed(*arguments: str) -> dict[str, object]:
    return {name: packet.payload for name, packet in parse_side_packets(arguments, validate(GRAPH)).items()}


def test_values_are_parsed_as_the_type_the_graph_expects() -> None:
    assert parsed("choice=1,path=a.txt") == {"choice": 1, "path": "a.txt"}
    assert parsed("choice=0x10", "path=12") == {"choice": 16, "path": "12"}
    assert parsed("") == {}


def test_values_may_contain_commas_and_equals_signs() -> None:
    assert parsed("path=a,b.txt,choice=2") == {"path": "a,b.txt", "choice": 2}
    assert parsed("path=a, B=c") == {"path": "a, B=c"}


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("choice", "NAME=VALUE"),
        ("choise=1", 'no input side packet "choise".*Did you mean "choice"'),
        ("contents=x", "no input side packet"),
        ("choice=one", 'has the type int, and "one" is not one'),
    ],
)
def test_invalid_side_packets(argument: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        parsed(argument)
