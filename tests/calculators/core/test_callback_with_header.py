from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import UnknownError

TEXT = """
input_stream: "in"
input_stream: "header"
node {
  calculator: "CallbackWithHeaderCalculator"
  input_stream: "INPUT:in"
  input_stream: "HEADER:header"
  input_side_packet: "CALLBACK:call"
}
"""


@pytest.fixture
def seen() -> list[tuple[Any, Any]]:
    return []


@pytest.fixture
def call(seen: list[tuple[Any, Any]]) -> Any:
    return lambda packet, header: seen.append((packet.payload, header.payload))


def test_the_header_comes_from_a_stream(run: Any, seen: list[tuple[Any, Any]], call: Any) -> None:
    run(TEXT, [("header", 0, "h"), ("in", 1, "x"), ("in", 2, "y")], {"call": call})
    assert seen == [("x", "h"), ("y", "h")]


def test_the_header_of_the_stream_itself_wins(run: Any, seen: list[tuple[Any, Any]], call: Any) -> None:
    run(TEXT, [("header", 0, "h"), ("in", 1, "x")], {"call": call}, headers={"in": "own"})
    assert seen == [("x", "own")]


def test_the_header_must_come_first(run: Any, call: Any) -> None:
    with pytest.raises(UnknownError, match="Header not available!"):
        run(TEXT, [("in", 1, "x"), ("header", 2, "h")], {"call": call})
