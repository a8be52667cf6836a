from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import InvalidArgumentError, UnknownError
from mpgraph.framework.packet import Packet
from mpgraph.testing import run, t

NAME = "CallbackCalculator"


def test_function_is_called_with_every_packet() -> None:
    seen: list[Packet] = []
    run(NAME, side={"CALLBACK": seen.append}).send("", "x" @ t(1)).bound("", 3).send("", 5 @ t(3)).finish()
    assert [(packet.timestamp, packet.payload) for packet in seen] == [(1, "x"), (3, 5)]


def test_vector_callback_is_called_with_the_packets_of_all_inputs() -> None:
    seen: list[list[Any]] = []
    side = {"VECTOR_CALLBACK": lambda packets: seen.append([packet.payload for packet in packets])}
    runner = run(NAME, side=side).send(":0", "x" @ t(1)).send(":1", "y" @ t(1), "z" @ t(2))
    runner.finish()
    assert seen == [["x", "y"], [None, "z"]]


def test_bounds_can_be_observed() -> None:
    seen: list[Packet] = []
    side = {"CALLBACK": seen.append, "OBSERVE_TIMESTAMP_BOUNDS": True}
    run(NAME, side=side).send("", "x" @ t(1)).bound("", 5).finish()
    assert [(packet.timestamp, packet.payload) for packet in seen] == [(1, "x"), (4, None)]
    side["OBSERVE_TIMESTAMP_BOUNDS"] = False
    run(NAME, side=side).send("", "x" @ t(1)).expect_error("must be set to true", InvalidArgumentError)


def test_exception_of_the_function_ends_the_run() -> None:
    def fail(packet: Packet) -> None:
        raise KeyError("my own")

    runner = run(NAME, side={"CALLBACK": fail}).send("", "x" @ t(1))
    runner.expect_error("KeyError: 'my own'", UnknownError)


def test_callback_that_cannot_be_called_is_refused() -> None:
    runner = run(NAME, side={"CALLBACK": 5}).send("", "x" @ t(1))
    runner.expect_error("missing callback: the side packet CALLBACK holds an int", InvalidArgumentError)


@pytest.mark.parametrize(
    ("inputs", "side", "message"),
    [
        ([""], {}, "InputSidePackets must use tags"),
        ([":1"], {"CALLBACK": print}, "CALLBACK takes one input stream"),
    ],
)
def test_ports_that_do_not_fit_together_are_refused(
    inputs: list[str], side: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        run(NAME, side=side, inputs=inputs, outputs=[])
