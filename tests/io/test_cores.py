from __future__ import annotations

import os

import pytest

from mpgraph.io.cores import CORES_VARIABLE, core_limit, usable_cores


def test_the_variable_limits_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    monkeypatch.delenv(CORES_VARIABLE, raising=False)
    assert (usable_cores(), core_limit()) == (3, None)
    for text, cores, limit in (("2", 2, 2), ("8", 3, 8), ("0", 1, 1), ("two", 3, None)):
        monkeypatch.setenv(CORES_VARIABLE, text)
        assert (usable_cores(), core_limit()) == (cores, limit)
