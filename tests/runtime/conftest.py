"""Fixtures of graphs whose calculators do what the test says."""

from __future__ import annotations

from scripted_graphs import stage, watchdog

__all__ = ["stage", "watchdog"]
