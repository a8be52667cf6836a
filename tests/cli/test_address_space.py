from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("no such limit here", allow_module_level=True)


def with_limit(kilobytes: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    limited = ["sh", "-c", 'ulimit -v "$0" && exec "$@"', str(kilobytes)]
    command = [*limited, sys.executable, "-m", "mpgraph", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_too_little_address_space_is_named(portrait_file: Path, tmp_path: Path) -> None:
    done = with_limit(600_000, "selfie", str(portrait_file), "-o", str(tmp_path / "out.png"))
    assert done.returncode != 0
    assert done.stderr.startswith("warning: the address space is limited to 585 MB (ulimit -v), so ")


def test_enough_address_space_is_not_mentioned() -> None:
    done = with_limit(2_000_000, "--version")
    assert (done.returncode, done.stderr) == (0, "")
