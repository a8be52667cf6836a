"""Running slices of the campaign."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).parents[3] / "tools" / "campaign"
Campaign = Callable[..., "tuple[int, dict[str, Any]]"]


@pytest.fixture
def campaign(checkout: Path, tmp_path: Path) -> Campaign:
    """Runs some inputs of some parts; returns the exit status and the results by part."""

    def run(*arguments: str, parts_in: Path | None = None) -> tuple[int, dict[str, Any]]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(checkout), str(parts_in or "")])}
        script = checkout / "tools" / "campaign" / "run.py"
        done = subprocess.run(
            [sys.executable, str(script), "--out", str(tmp_path / "out"), *arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=240,
        )
        state = tmp_path / "out" / "state.json"
        assert state.exists(), done.stderr
        results: dict[str, Any] = json.loads(state.read_text(encoding="utf-8"))["parts"]
        for result in results.values():
            result["said"] = done.stdout + done.stderr
        return done.returncode, results

    return run


@pytest.fixture
def campaign_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Imports a module of the campaign, whose modules import each other, and forgets them."""
    monkeypatch.syspath_prepend(str(TOOLS))
    yield importlib.import_module
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(TOOLS)):
            del sys.modules[name]
