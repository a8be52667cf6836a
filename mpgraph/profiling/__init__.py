"""What a running graph does and how long it takes: recording, traces, profiles and statistics.

Nothing of this is loaded, and nothing is paid for, until a graph is traced, asked for its statistics or
has a `profiler_config`. Then `instrumentation.py` installs hooks in the run that append plain tuples to
the lists of `recorder.py`; everything else is computed from these afterwards.
"""
