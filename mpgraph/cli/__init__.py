"""The command line: `mpgraph COMMAND`. One file a command; `app` joins them, `failures` words errors."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line with the process's arguments and exit."""
    from mpgraph.cli.app import run, wants_debugging
    from mpgraph.cli.native_output import native_chatter_held_back

    if wants_debugging(sys.argv[1:]):
        sys.exit(run(sys.argv[1:]))
    with native_chatter_held_back():
        code = run(sys.argv[1:])
    sys.exit(code)
