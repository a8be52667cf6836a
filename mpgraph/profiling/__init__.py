"""What a running graph does and how long it takes: recording, traces, profiles and statistics.

Nothing of this is loaded, and nothing is paid for, until a graph is traced, asked for its statistics or
has a `profiler_config`. Then `attachment.py` puts its own invokers and stream consumers into the run;
they append plain tuples to `recorder.py`'s lists, and everything else is worked out afterwards.
"""
