"""Build hook: with MPGRAPH_COMPILE=1, wheels have the hottest modules compiled by mypyc beside their sources.

Without it wheels are pure Python, which need no C compiler and run everywhere. Editable installs stay pure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What runs for every packet, and what its classes derive from: mypyc's native classes speak to one another
# without dictionaries and frames. Input stream handlers are not among them, as users subclass them. Two more
# are not, which mypyc 2.4 compiles to modules that cannot be imported:
# - `framework/timestamp.py`: the annotations of a decorated class (total_ordering) are evaluated as its body
#   runs; those that name the class itself (`UNSET: Timestamp`) are null pointers then. Its constants are
#   `Final`, which compiled modules have as numbers of their own, and bounds of streams are `i64`: with
#   mypyc's `int`, of 63 bits, each comparison with a special time would be one of objects.
# - `framework/context.py`: a dataclass cannot derive from a class of a module that is not compiled
#   (NotPicklable): "attribute '__dict__' of 'type' objects is not writable". Without that base, packets take
#   7 % less time.
MODULES = [
    "mpgraph/framework/output_shard.py",
    "mpgraph/framework/packet.py",
    "mpgraph/runtime/calculator_node.py",
    "mpgraph/runtime/graph_input_stream.py",
    "mpgraph/runtime/invocation.py",
    "mpgraph/runtime/observers.py",
    "mpgraph/runtime/parallel.py",
    "mpgraph/runtime/scheduler.py",
    "mpgraph/runtime/scheduler_queue.py",
    "mpgraph/runtime/scheduler_state.py",
    "mpgraph/runtime/single_input_node.py",
    "mpgraph/runtime/streams.py",
    "mpgraph/runtime/throttle.py",
    "mpgraph/runtime/waiting.py",
]


class CompileHook(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel."""

    PLUGIN_NAME = "custom"

    def _is_wanted(self) -> bool:
        return os.environ.get("MPGRAPH_COMPILE", "") not in ("", "0")

    def dependencies(self) -> list[str]:
        """Return what the build needs besides hatchling."""
        return ["mypy>=2.4,<3", "setuptools>=77"] if self._is_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and have the wheel be one of this interpreter and platform."""
        if version == "editable" or not self._is_wanted():
            return
        self._built = tempfile.mkdtemp(prefix="mpgraph-compiled-")
        # In a process that ends at once: taking all of its objects apart took minutes, or did not end.
        subprocess.run([sys.executable, __file__, self._built], cwd=self.root, check=True)
        for library in Path(self._built).rglob("*"):
            if library.is_file():
                build_data["force_include"][str(library)] = str(library.relative_to(self._built))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the copies of what the wheel has."""
        shutil.rmtree(getattr(self, "_built", ""), ignore_errors=True)


def _compile(out: str) -> None:
    """Compile MODULES, below the working directory, to libraries in the folder `out`."""
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    with tempfile.TemporaryDirectory() as work:
        extensions = mypycify(
            ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent", *MODULES],
            group_name="mpgraph",
            target_dir=work,
        )
        command = build_ext(Distribution({"name": "mpgraph", "ext_modules": extensions}))
        command.build_lib, command.build_temp = out, work
        command.ensure_finalized()
        command.run()


if __name__ == "__main__":
    _compile(sys.argv[1])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
