from __future__ import annotations

import logging

import pytest
import typer

from mpgraph.cli.failures import exit_code_for, lines_of, show_warnings
from mpgraph.errors import (
    CancelledError,
    ConfigError,
    GraphRunError,
    Location,
    MediaError,
    combined,
)


def test_one_line_with_the_place_first() -> None:
    error = ConfigError("no such\n  thing", location=Location("g.pbtxt", 3, 7))
    assert list(lines_of(error)) == ["g.pbtxt:3:7: error: no such   thing"]
    assert list(lines_of(MediaError("bad"))) == ["error: bad"]


def test_causes_are_told_one_a_line_and_the_cancelling_after_them_not() -> None:
    error = combined("Several:", [MediaError("one"), CancelledError("stop"), MediaError("two")])
    assert isinstance(error, GraphRunError)
    assert list(lines_of(error)) == ["error: one", "error: two"]


def test_errors_of_the_system_keep_their_file() -> None:
    assert list(lines_of(PermissionError(13, "Permission denied", "x.png"))) == [
        'error: "x.png" permission denied'
    ]


def test_what_nobody_foresaw_says_so() -> None:
    (line,) = lines_of(ZeroDivisionError("division by zero"))
    assert line.startswith("error: unexpected ZeroDivisionError: division by zero (--debug")
    assert list(lines_of(MemoryError())) == ["error: out of memory"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MediaError("x"), 1),
        (ZeroDivisionError(), 1),
        (typer.BadParameter("x"), 2),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 1),
        (combined("Several:", [BrokenPipeError()]), 1),
        (SystemExit(7), 7),
    ],
)
def test_exit_codes(error: BaseException, code: int) -> None:
    assert exit_code_for(error) == code


def test_a_closed_pipe_is_no_news(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_for(combined("Graph has errors:", [BrokenPipeError(32, "Broken pipe")]))
    assert capfd.readouterr() == ("", "")


def test_warnings_of_the_library_look_like_ours(capfd: pytest.CaptureFixture[str]) -> None:
    show_warnings()
    show_warnings()
    logging.getLogger("mpgraph.media.somewhere").warning('"%s" is damaged', "a.mp4")
    assert capfd.readouterr().err == 'warning: "a.mp4" is damaged\n'
