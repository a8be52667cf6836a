"""A slice of the campaign over random graphs: `mpgraph check` and the runtime agree on them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_what_check_accepts_starts_and_what_it_refuses_does_not(checkout: Path) -> None:
    script = checkout / "tools" / "campaign" / "check_and_run.py"
    done = subprocess.run(
        [sys.executable, str(script), "--count", "1000", "--seed", "9"],
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    count, accepted, different = (int(word) for word in done.stdout.split() if word.isdigit())
    assert (count, different) == (1000, 0)
    assert accepted > 100
