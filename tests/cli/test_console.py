from __future__ import annotations

import logging

import pytest
import typer

from mpgraph.cli.console import (
    echo,
    error_lines,
    exit_code_for,
    show_error,
    show_library_warnings,
    show_warning,
)
from mpgraph.errors import (
    CancelledError,
    ConfigError,
    GraphRunError,
    Location,
    MediaError,
    combined,
)


def test_error_is_one_line_starting_with_the_location() -> None:
    error = ConfigError("no such\n  thing", location=Location("g.pbtxt", 3, 7))
    assert list(error_lines(error)) == ["g.pbtxt:3:7: error: no such   thing"]
    assert list(error_lines(MediaError("bad"))) == ["error: bad"]


def test_combined_errors_are_one_line_per_cause_without_cancellations() -> None:
    error = combined("Several:", [MediaError("one"), CancelledError("stop"), MediaError("two")])
    assert isinstance(error, GraphRunError)
    assert list(error_lines(error)) == ["error: one", "error: two"]


def test_os_errors_name_their_file() -> None:
    assert list(error_lines(PermissionError(13, "Permission denied", "x.png"))) == [
        'error: "x.png" permission denied'
    ]


def test_missing_opencv_is_no_bug() -> None:
    (line,) = error_lines(ModuleNotFoundError("No module named 'cv2'", name="cv2"))
    assert line == "error: OpenCV is not installed: pip install opencv-python-headless"


def test_unexpected_errors_ask_for_a_report() -> None:
    (line,) = error_lines(ZeroDivisionError("division by zero"))
    assert line.startswith("error: unexpected ZeroDivisionError: division by zero (--debug")
    assert list(error_lines(MemoryError())) == ["error: out of memory"]


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


def test_closed_pipe_is_not_reported(capfd: pytest.CaptureFixture[str]) -> None:
    exit_code_for(combined("Graph has errors:", [BrokenPipeError(32, "Broken pipe")]))
    assert capfd.readouterr() == ("", "")


def test_library_warnings_are_printed_like_the_commands_own(capfd: pytest.CaptureFixture[str]) -> None:
    show_library_warnings()
    show_library_warnings()
    logging.getLogger("mpgraph.media.somewhere").warning('"%s" is damaged', "a.mp4")
    assert capfd.readouterr().err == 'warning: "a.mp4" is damaged\n'


def test_control_characters_in_names_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show_error('g.pbtxt:1:1: error: Unable to find "\x1b]0;title\x07\x9b31m".')
    show_warning("\x7f\x00")
    echo("a\x1b[2Jb\tc\nd\r")
    captured = capsys.readouterr()
    assert (
        captured.err
        == 'g.pbtxt:1:1: error: Unable to find "\\x1b]0;title\\x07\\x9b31m".\nwarning: \\x7f\\x00\n'
    )
    assert captured.out == "a\\x1b[2Jb\tc\nd\\x0d\n"
