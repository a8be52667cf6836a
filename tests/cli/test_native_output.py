from __future__ import annotations

import os
import sys

import pytest

from mpgraph.cli.native_output import native_chatter_held_back


def test_chatter_is_dropped_and_the_rest_comes_after_our_own_lines(capfd: pytest.CaptureFixture[str]) -> None:
    with native_chatter_held_back():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        os.write(2, b"codec: something is odd\n")
        sys.stderr.write("error: ours\n")
    os.write(2, b"later\n")
    assert capfd.readouterr().err == "error: ours\ncodec: something is odd\nlater\n"


def test_stderr_is_given_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stderr
    with pytest.raises(ValueError, match="x"), native_chatter_held_back():
        raise ValueError("x")
    assert sys.stderr is before
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"
