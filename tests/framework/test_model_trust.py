from __future__ import annotations

import pytest

from mpgraph.framework.model_trust import are_models_tried, trust_models, try_models_by_default


def test_commands_try_models_and_programs_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPGRAPH_TRY_MODELS", raising=False)
    assert not are_models_tried()
    try_models_by_default()
    assert are_models_tried()
    trust_models()
    assert not are_models_tried()


def test_the_users_decision_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_TRY_MODELS", "0")
    try_models_by_default()
    assert not are_models_tried()
