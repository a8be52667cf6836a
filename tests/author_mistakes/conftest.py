"""Lets the tests here import the modules beside them, and forgets what their rows registered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Rows write their files into a folder of their own, which is where modules are found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("mine", None)
    for registry in (CALCULATORS, SUBGRAPHS):
        for name, cls in list(registry._classes.items()):
            if cls.__module__ == "mine":
                del registry._classes[name]
