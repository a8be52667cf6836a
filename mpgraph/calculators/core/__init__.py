"""Calculators that move packets and side packets, whatever is in them."""

from __future__ import annotations

CALCULATORS: dict[str, str] = {}

SUBGRAPHS: dict[str, str] = {
    "SwitchContainer": "switch_container",
}
