"""A program that runs a command of mpgraph and prints as JSON what it did: python audited_command.py ARG...

Without arguments, it only imports mpgraph. Files are listed as they were opened, with whether to write.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

EVENTS: dict[str, list[Any]] = {"sockets": [], "processes": [], "opened": [], "written": []}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


def note(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith("socket."):
        EVENTS["sockets"].append(event)
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn"):
        EVENTS["processes"].append(f"{event} {arguments[:2]}")
    elif event == "open" and isinstance(arguments[0], (str, bytes)):
        path, mode, flags = arguments
        writes = bool(flags & WRITING) if mode is None else any(letter in mode for letter in "wax+")
        EVENTS["written" if writes else "opened"].append(os.path.abspath(os.fsdecode(path)))


def main() -> None:
    sys.addaudithook(note)
    code = 0
    if sys.argv[1:]:
        from mpgraph.cli.app import run

        code = run(sys.argv[1:])
    else:
        import mpgraph

        assert mpgraph.CalculatorGraph
    files = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
    native = [file for file in files if "socket:" in file]  # Of native code, which is not audited.
    modules = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
    found = {**EVENTS, "native_sockets": native, "modules": modules, "code": code}
    sys.stdout.write(f"\n{json.dumps(found)}\n")


if __name__ == "__main__":
    main()
