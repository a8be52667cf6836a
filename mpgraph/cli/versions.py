"""Versions of installed packages, as pip knows them."""

from __future__ import annotations

from importlib import metadata


def version_of(distribution: str) -> str | None:
    """Return the version of an installed distribution, None when it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
