"""Errors: their text, copies with more context, and suggestions of near names."""

from __future__ import annotations

import pickle
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from mpgraph import errors
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
    combined,
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


@pytest.mark.parametrize("name", ["MuxCalculater", "MuxCalculatr", "Muxx", "MUXCalculators"])
def test_near_match_of_a_name_whose_common_ending_is_misspelt(name: str) -> None:
    known = ["PassThroughCalculator", "MuxCalculator"]
    assert did_you_mean(name, known, "Calculator") == ' Did you mean "MuxCalculator"?'
    assert did_you_mean("FooCalculater", known, "Calculator") == ""


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


class OfUserError(ResourceNotFoundError):
    """Its constructor has other arguments than the error's text."""

    def __init__(self, number: int, *, unit: str) -> None:
        super().__init__(f"{number} {unit}", hint="Less.")
        self.number = number


class UnreadableError(Exception):
    """Can be written by pickle, but not read: its constructor needs more than the text."""

    def __init__(self, text: str, number: int) -> None:
        super().__init__(text)
        self.number = number


class UnwritableError(Exception):
    """Cannot be written by pickle."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.attachment = lambda: None


def test_every_error_survives_pickling() -> None:
    from mpgraph.config.text.binding import ConfigErrors

    tested = [OfUserError(3, unit="m"), ConfigErrors([ConfigError("a"), ConfigError("b")])]
    for cls in vars(errors).values():
        if isinstance(cls, type) and issubclass(cls, MpgraphError):
            tested.append(cls("a", location=Location("f", 1, 2, (Location("g", 3, 4),)), hint="b", rule="c"))
    assert len(tested) > 15
    for error in tested:
        error.raised_at = Location("h", 5, 6)
        if sys.version_info >= (3, 11):
            error.add_note("note")
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert (str(again), again.args) == (str(error), error.args)
        for name, value in vars(error).items():
            assert str(getattr(again, name)) == str(value)
        assert again.location is None or again.location.used_at == error.location.used_at  # type: ignore[union-attr]


def test_causes_that_cannot_be_pickled_are_replaced_by_their_text() -> None:
    causes = [UnreadableError("x", 1), UnwritableError("y"), ValueError("z"), ConfigError("w", rule="r")]
    again = pickle.loads(pickle.dumps(combined("Several:", causes)))
    assert str(again) == "Several:\nx\ny\nz\nw"
    assert [str(cause) for cause in again.causes] == ["UnreadableError: x", "UnwritableError: y", "z", "w"]
    assert [type(cause) for cause in again.causes] == [UnknownError, UnknownError, ValueError, ConfigError]
    assert again.causes[3].rule == "r"


def run_graph_that_fails() -> None:
    import mpgraph as mp

    @mp.calculator("OfWorkerCalculator")
    def of_worker(value: int) -> int:
        raise UnreadableError(f"no {value}", value)

    text = """
        input_stream: "in"
        node { calculator: "OfWorkerCalculator" input_stream: "VALUE:in" output_stream: "out" }
    """
    with mp.CalculatorGraph(graph_config=text) as graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.make_packet(1, 0))


def test_process_pool_passes_on_the_error_of_a_graph() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        failure: Any = pool.submit(run_graph_that_fails).exception()
        assert isinstance(failure, MpgraphError)
        assert "UnreadableError: no 1" in str(failure)
        assert pool.submit(abs, -1).result() == 1  # The pool still works.
