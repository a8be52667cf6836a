"""A slice of the campaign over mutated texts: mpgraph and protobuf accept the same ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_mutated_texts_are_accepted_by_both_or_none(checkout: Path) -> None:
    script = checkout / "tools" / "campaign" / "texts.py"
    done = subprocess.run(
        [sys.executable, str(script), "--count", "2000", "--seed", "5"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "2000 texts, 0 kinds of differences\n"
