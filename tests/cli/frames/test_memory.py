from __future__ import annotations

from mpgraph.cli.frames.memory import keep_freed_memory


def test_it_can_be_asked_for_anywhere_and_twice() -> None:
    keep_freed_memory()
    keep_freed_memory()
