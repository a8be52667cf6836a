"""PyInstaller's hook for mpgraph: what no import statement shows.

That is every calculator, solution and backend, as they are imported by their names; graphs, models, kernels
and the page; sources, from which descriptions quote; plug-ins; and metadata, which has versions and plug-ins.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

from mpgraph.framework import plugins, resources
from mpgraph.io import opencv_packages

ONLY_IF_IMPORTED = ("__main__", "as_mediapipe", "cli", "pyinstaller", "pytest_plugin")
"""What is below mpgraph that programs import by a statement, or not at all."""

BACKENDS = (
    *("ai_edge_litert.interpreter", "openvino"),
    *("tflite_runtime.interpreter", "tflite_runtime._pywrap_tensorflow_interpreter_wrapper"),
)
DISTRIBUTIONS = (
    *("mpgraph", "mpgraph-models", "numpy", "protobuf", "networkx", "typer", "rich", "av", "wgpu"),
    *("ai-edge-litert", "openvino", "tflite-runtime", *opencv_packages.DISTRIBUTIONS),
)
"""Those whose versions mpgraph reports or decides by."""


def is_hidden(module: str) -> bool:
    """Whether a module of mpgraph may be imported by its name."""
    return module.split(".")[1:2] not in [[name] for name in ONLY_IF_IMPORTED]


packages = {plugin.module.partition(".")[0] for plugin in plugins.installed()}
packages |= {"mpgraph_models"} if find_spec("mpgraph_models") else set()

module_collection_mode = "pyz+py"
hiddenimports = [
    *collect_submodules("mpgraph", is_hidden),
    *(backend for backend in BACKENDS if find_spec(backend.partition(".")[0])),
]
datas = [
    *collect_data_files("mpgraph"),
    # In a checkout these are outside of the package.
    (str(resources.shipped_graphs()), "mpgraph/graphs"),
    (str(resources.shipped_models()), "mpgraph/models"),
]
for package in sorted(packages):
    hiddenimports += collect_submodules(package)
    datas += collect_data_files(package)
for distribution in {*DISTRIBUTIONS, *(plugin.distribution.split()[0] for plugin in plugins.installed())}:
    try:
        datas += copy_metadata(distribution)
    except PackageNotFoundError:
        continue
