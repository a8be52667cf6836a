"""The command line: `mpgraph COMMAND`. One file a command; `app` joins them, `failures` words errors."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line with the process's arguments and exit."""
    from mpgraph.cli.app import run

    sys.exit(run(sys.argv[1:]))
