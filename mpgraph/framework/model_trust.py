"""Whether models that mpgraph does not ship are trusted, or tried in another process first.

The environment variable MPGRAPH_TRY_MODELS holds the answer, so that it reaches worker processes.
"""

from __future__ import annotations

import os

TRY_VARIABLE = "MPGRAPH_TRY_MODELS"


def trust_models() -> None:
    """Run all models without a trial, in this process and those that it starts."""
    os.environ[TRY_VARIABLE] = "0"


def try_models_by_default() -> None:
    """Have unknown models tried, unless the user has decided otherwise."""
    os.environ.setdefault(TRY_VARIABLE, "1")


def are_models_tried() -> bool:
    """Whether unknown models are tried before they run."""
    return os.environ.get(TRY_VARIABLE, "") not in ("", "0")
