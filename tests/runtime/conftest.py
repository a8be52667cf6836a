"""Fixtures for graphs of scripted calculators."""

from __future__ import annotations

from scripted_graphs import stage, watchdog

__all__ = ["stage", "watchdog"]
