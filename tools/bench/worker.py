"""A process that measures one library with MediaPipe's Python API; `contender.py` starts and asks it.

    PYTHON worker.py LIBRARY

`LIBRARY` is `mediapipe` or `mpgraph`, both of which the same code drives. Nothing is imported before
the library but what every Python program has, so that the time of that import is true.
"""

from __future__ import annotations

import sys
import time


def main() -> None:
    """Import the library and answer requests until standard input ends."""
    started = time.perf_counter()
    library = __import__(sys.argv[1])
    milliseconds = 1000 * (time.perf_counter() - started)
    from tasks import serve

    serve(library, started, milliseconds)


if __name__ == "__main__":
    main()
