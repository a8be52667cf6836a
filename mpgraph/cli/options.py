"""Command-line options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Force = Annotated[bool, typer.Option("--force", "-f", help="Replace existing files.")]

NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Print the live preview's address instead of opening a browser.")
]
