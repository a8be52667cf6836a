"""What PyInstaller needs to know of mpgraph, found through the entry point `pyinstaller40`.

A program that uses mpgraph is frozen by `pyinstaller script.py`, without options.
"""

from __future__ import annotations

from pathlib import Path


def hook_folders() -> list[str]:
    """Return the folders with PyInstaller's hooks, files named hook-PACKAGE.py."""
    return [str(Path(__file__).with_name("hooks"))]
