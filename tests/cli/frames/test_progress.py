from __future__ import annotations

import io
import sys

import pytest

from mpgraph.cli.frames.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_where_no_terminal_is(capfd: pytest.CaptureFixture[str]) -> None:
    with progress("work", 3) as advance:
        advance()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("total", [3, None])
def test_a_terminal_shows_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch, total: int | None) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("work.mp4", total) as advance:
        advance()
        advance()
    assert "work.mp4" in terminal.getvalue()
