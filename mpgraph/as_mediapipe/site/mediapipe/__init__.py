"""MediaPipe's name, for mpgraph: importing it starts the stand-in, which replaces this module."""

import sys

del sys.modules[__name__]
import mpgraph.as_mediapipe  # noqa: E402, F401
