"""The command line, `mpgraph COMMAND`: one module or subpackage per command, put together in `app`.

Shared by the commands: `arguments`, `console` (messages and exit codes), `interrupts` (Ctrl-C),
`native_stderr` (output of native libraries), `user_modules` (--module) and `frames` (images and videos).
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line with the process's arguments and exit."""
    # Before anything else: a signal during the imports is Ctrl-C, too.
    from mpgraph.cli.interrupts import exit_code_of

    sys.exit(exit_code_of(_run))


def _run() -> int:
    from mpgraph.cli.app import is_debugging, run
    from mpgraph.cli.native_stderr import native_stderr_buffered
    from mpgraph.framework.model_trust import try_models_by_default

    try_models_by_default()
    if is_debugging(sys.argv[1:]):
        return run(sys.argv[1:])
    with native_stderr_buffered():
        return run(sys.argv[1:])
