"""A process that measures one library through MediaPipe's Python API; started by `contender.py`.

    PYTHON worker.py LIBRARY

`LIBRARY` is `mediapipe` or `mpgraph`; the same code drives both. Only modules that every Python process has
loaded are imported before the library, so that the time of its import is realistic.
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
