"""Errors: their text, copies with more context, and suggestions of near names."""

from __future__ import annotations

import pytest

from mpgraph.errors import (
    AlreadyExistsError,
    ConfigError,
    InvalidArgumentError,
    Location,
    MediaError,
    MpgraphError,
    ResourceNotFoundError,
    UnimplementedError,
    UnknownError,
    did_you_mean,
    error_class,
)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("PassThruCalculator", ' Did you mean "PassThroughCalculator"?'),
        ("imag", ' Did you mean "image"?'),
        ("ab", ' Did you mean "abc"?'),
        ("X", ""),
        ("", ""),
        ("zzzz", ""),
    ],
)
def test_near_matches(name: str, answer: str) -> None:
    assert did_you_mean(name, ["PassThroughCalculator", "MuxCalculator", "image", "abc", "x", "xy"]) == answer


def test_message_is_statement_and_hint() -> None:
    error = InvalidArgumentError("The level is 9.", hint=" Give 0 to 8.", location=Location("g.pbtxt", 2, 7))
    assert (error.statement, error.hint) == ("The level is 9.", "Give 0 to 8.")
    assert error.message == "The level is 9. Give 0 to 8."
    assert str(error) == "g.pbtxt:2:7: The level is 9. Give 0 to 8."


def test_context_is_added_to_a_copy() -> None:
    error = InvalidArgumentError("The level is 9.", hint="Give 0 to 8.", rule="level")
    error.raised_at = Location("a.py", 1, 1)
    location = Location("g.pbtxt", 2, 7)
    copy = error.with_context('Node "n": ', " (twice)", location=location)
    assert type(copy) is InvalidArgumentError
    assert (copy.statement, copy.hint, copy.rule) == (
        'Node "n": The level is 9. (twice)',
        "Give 0 to 8.",
        "level",
    )
    assert (copy.location, copy.raised_at, copy.__cause__) == (location, error.raised_at, error)
    again = copy.with_context(rule="other", cls=UnknownError)
    assert (type(again), again.rule, again.location) == (UnknownError, "other", location)
    assert error.statement == "The level is 9."


def test_copy_of_an_error_with_a_constructor_has_the_class_of_its_code() -> None:
    class Special(InvalidArgumentError):
        def __init__(self, level: int) -> None:
            super().__init__(f"The level is {level}.")

    copy = Special(9).with_context("Node: ")
    assert type(copy) is InvalidArgumentError
    assert str(copy) == "Node: The level is 9."


@pytest.mark.parametrize(
    ("cls", "others"),
    [
        (InvalidArgumentError, [ValueError]),
        (ConfigError, [ValueError]),
        (AlreadyExistsError, [FileExistsError]),
        (ResourceNotFoundError, [FileNotFoundError]),
        (UnimplementedError, [NotImplementedError]),
        (MediaError, []),
    ],
)
def test_every_error_is_a_runtime_error_and_keeps_its_text(
    cls: type[MpgraphError], others: list[type[Exception]]
) -> None:
    error = cls("The level is 9.", hint="Give 0 to 8.")
    for kind in (RuntimeError, *others):
        with pytest.raises(kind):
            raise error
    assert str(error) == "The level is 9. Give 0 to 8."


def test_error_class_of_a_code() -> None:
    assert error_class("InvalidArgument") is InvalidArgumentError
    assert error_class("NoSuchCode") is UnknownError
    assert issubclass(error_class("Internal"), MpgraphError)
