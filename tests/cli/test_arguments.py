from __future__ import annotations

import pytest

from mpgraph.cli.app import run
from mpgraph.framework.model_trust import are_models_tried


@pytest.mark.parametrize(
    "arguments",
    [["run", "none.pbtxt"], ["replay", "none.mpgrec"], ["map", "none.pbtxt", "a.png", "-o", "out"]],
)
def test_trust_model_ends_trials(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_TRY_MODELS", "1")
    assert run(arguments) == 1
    assert are_models_tried()
    assert run([*arguments, "--trust-model"]) == 1
    assert not are_models_tried()
