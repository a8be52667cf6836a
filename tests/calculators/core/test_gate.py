from __future__ import annotations

import pytest

from mpgraph.errors import InternalError
from mpgraph.testing import CalculatorRunner, run, t

NAME = "GateCalculator"


def controlled(tag: str, options: str) -> CalculatorRunner:
    """A gate of two streams at 1..5, controlled by true, false, nothing, true and true."""
    gate = run(NAME, options, inputs=[":1", tag], outputs=[":1", "STATE_CHANGE"])
    gate.send("", *(n @ t(n) for n in range(1, 6))).send(":1", *(-n @ t(n) for n in range(1, 6)))
    return gate.send(tag, True @ t(1), False @ t(2)).bound(tag, 4).send(tag, True @ t(4), True @ t(5))


@pytest.mark.parametrize(
    ("tag", "options", "times"),
    [
        ("ALLOW", "", [1, 4, 5]),
        ("DISALLOW", "", [2]),
        ("ALLOW", "empty_packets_as_allow: true", [1, 3, 4, 5]),
        ("DISALLOW", "empty_packets_as_allow: true", [2, 3]),
    ],
)
def test_stream_controls_the_gate(tag: str, options: str, times: list[int]) -> None:
    gate = controlled(tag, options)
    gate.expect("", *(n @ t(n) for n in times)).expect(":1", *(-n @ t(n) for n in times))
    gate.take("STATE_CHANGE")


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        ("", {2: False, 4: True}),
        ("initial_gate_state: GATE_DISALLOW", {1: True, 2: False, 4: True}),
        ("initial_gate_state: GATE_ALLOW", {2: False, 4: True}),
    ],
)
def test_changes_of_the_state_are_reported(options: str, changes: dict[int, bool]) -> None:
    gate = controlled("ALLOW", options)
    gate.expect("STATE_CHANGE", *(value @ t(time) for time, value in changes.items()))
    gate.take("")
    gate.take(":1")


@pytest.mark.parametrize(
    ("side", "options", "is_open"),
    [
        ({"ALLOW": True}, "", True),
        ({"ALLOW": False}, "", False),
        ({"DISALLOW": True}, "", False),
        ({}, "", False),
        ({}, "allow: true", True),
        ({"ALLOW": True}, "allow: true", True),
    ],
)
def test_side_packet_or_option_controls_the_gate(side: dict[str, bool], options: str, is_open: bool) -> None:
    gate = run(NAME, options, side=side, inputs=[""], outputs=["", "STATE_CHANGE"]).send("", 1 @ t(1))
    gate.expect("", 1 @ t(1)) if is_open else gate.expect_nothing()


def test_closed_gate_passes_bounds() -> None:
    gate = run(NAME, inputs=[":1"], outputs=[":1"]).send("", 1 @ t(3)).send(":1", 1 @ t(3))
    gate.expect_bound("", 4).expect_bound(":1", 4)


@pytest.mark.parametrize(
    ("inputs", "side"),
    [
        (["ALLOW"], {"ALLOW": True}),
        (["ALLOW", "DISALLOW"], {}),
        ([], {"ALLOW": True, "DISALLOW": True}),
    ],
)
def test_two_controls_are_refused(inputs: list[str], side: dict[str, bool]) -> None:
    with pytest.raises(InternalError, match="one control, not"):
        run(NAME, inputs=["", *inputs], outputs=[""], side=side)


def test_inputs_and_outputs_must_be_pairs() -> None:
    with pytest.raises(InternalError, match="Number of data output streams must match"):
        run(NAME, inputs=[":2"], outputs=[":1"])
