"""What a running graph does and how long it takes: recording, traces, profiles and statistics.

Nothing of this is loaded or costs time before a graph is traced, `statistics()` is called or the graph has a
`profiler_config`. Then `instrumentation.py` installs hooks in the run that append plain tuples to
the lists of `recorder.py`; everything else is computed from these afterwards.
"""
