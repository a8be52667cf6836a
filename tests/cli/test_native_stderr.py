from __future__ import annotations

import os
import sys

import pytest

from mpgraph.cli.native_stderr import native_stderr_buffered


def test_native_output_follows_our_own_without_informational_lines(capfd: pytest.CaptureFixture[str]) -> None:
    with native_stderr_buffered():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        os.write(2, b"codec: something is odd\n")
        sys.stderr.write("error: ours\n")
    os.write(2, b"later\n")
    assert capfd.readouterr().err == "error: ours\ncodec: something is odd\nlater\n"


def test_stderr_is_restored_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stderr
    with pytest.raises(ValueError, match="x"), native_stderr_buffered():
        raise ValueError("x")
    assert sys.stderr is before
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"


def test_a_full_disk_only_lets_lines_interleave(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def no_folder() -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", no_folder)
    with native_stderr_buffered():
        os.write(2, b"native\n")
        sys.stderr.write("error: ours\n")
    assert capfd.readouterr().err == "native\nerror: ours\n"
