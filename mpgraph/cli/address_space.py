"""A limit of the process's address space, such as the shell's `ulimit -v`.

Where it is low, native libraries end the process without a word: OpenBLAS when numpy is imported, the C
library when a thread is started.
"""

from __future__ import annotations

import sys

from mpgraph.cli.console import show_warning

NEEDED = 1 << 30
"""What commands that compute need at least, in bytes."""


def warn_of_little() -> None:
    """Print a warning if the process may reserve less than NEEDED."""
    if sys.platform == "win32":
        return
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < NEEDED:
        show_warning(
            f"the address space is limited to {limit >> 20} MB (ulimit -v), so this may end at any time: "
            f"{NEEDED >> 20} MB are needed"
        )
