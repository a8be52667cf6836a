"""Importing this module makes `import mediapipe` mean mpgraph, for programs written for MediaPipe.

    import mpgraph.as_mediapipe                       # the first line of a program, or:
    python -m mpgraph.as_mediapipe script.py [arguments]
    python -m mpgraph.as_mediapipe -m module [arguments]

`mediapipe` and the modules below it are mpgraph's own, from then on and also where MediaPipe is installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mpgraph.as_mediapipe.windows import advise_on_windows
from mpgraph.mediapipe_paths import stand_in

SITE = Path(__file__).with_name("site")
"""A folder for `sys.path`, in which `mediapipe` is this stand-in: for processes that a program starts."""

stand_in()
advise_on_windows()
if str(SITE) not in sys.path:
    sys.path.insert(1, str(SITE))  # After the program's own folder.
