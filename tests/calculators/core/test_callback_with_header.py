from __future__ import annotations

from typing import Any

from mpgraph.errors import UnknownError
from mpgraph.framework.packet import Packet
from mpgraph.testing import CalculatorRunner, run, t


class Calls(list[tuple[Any, Any]]):
    """What the callback was called with: (payload, header)."""

    def __call__(self, packet: Packet, header: Packet) -> None:
        self.append((packet.payload, header.payload))


def called(calls: Calls, **headers: str) -> CalculatorRunner:
    return run("CallbackWithHeaderCalculator", side={"CALLBACK": calls}, headers=headers)


def test_header_is_the_first_packet_of_header() -> None:
    calls = Calls()
    called(calls).send("HEADER", "h" @ t(0)).send("INPUT", "x" @ t(1), "y" @ t(2)).finish()
    assert calls == [("x", "h"), ("y", "h")]


def test_header_of_the_stream_itself_wins() -> None:
    calls = Calls()
    called(calls, INPUT="own").send("HEADER", "h" @ t(0)).send("INPUT", "x" @ t(1)).finish()
    assert calls == [("x", "own")]


def test_header_must_come_first() -> None:
    runner = called(Calls()).send("INPUT", "x" @ t(1)).send("HEADER", "h" @ t(2))
    runner.expect_error("Header not available!", UnknownError)
