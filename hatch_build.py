"""Build hook: with MPGRAPH_COMPILE=1, wheels have the hottest modules compiled by mypyc beside their sources.

Without it wheels are pure Python, which need no C compiler and run everywhere. Editable installs stay pure.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What runs for every packet, and what its classes derive from: mypyc's native classes speak to one another
# without dictionaries and frames. `framework/timestamp.py` and `framework/context.py` are not among them:
# compiled by mypyc 2.4, either crashes at its import. Input stream handlers are not, as users subclass
# them.
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
        for library in _compiled(Path(self.root), Path(self._built)):
            build_data["force_include"][str(library)] = str(library.relative_to(self._built))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the copies of what the wheel has."""
        shutil.rmtree(getattr(self, "_built", ""), ignore_errors=True)


def _compiled(root: Path, out: Path) -> Iterator[Path]:
    """Compile MODULES below `root`, and yield the libraries, which are in the folder `out`."""
    from mypyc.build import mypycify
    from setuptools import Distribution
    from setuptools.command.build_ext import build_ext

    with _working_in(root), tempfile.TemporaryDirectory() as work:
        extensions = mypycify(
            ["--config-file=", "--ignore-missing-imports", "--follow-imports=silent", *MODULES],
            group_name="mpgraph",
            target_dir=work,
        )
        command = build_ext(Distribution({"name": "mpgraph", "ext_modules": extensions}))
        command.build_lib, command.build_temp = str(out), work
        command.ensure_finalized()
        command.run()
    yield from (path for path in out.rglob("*") if path.is_file())


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    # mypyc derives the names of modules from their paths below it. contextlib.chdir needs Python 3.11.
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
