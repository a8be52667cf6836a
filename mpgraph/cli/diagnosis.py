"""What `mpgraph doctor` looks at: one function a topic, each yielding (topic, text, state).

state: True for good, False for wrong, None for something that is merely not there.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from mpgraph.cli.failures import lines_of
from mpgraph.cli.versions import version_of
from mpgraph.errors import MpgraphError
from mpgraph.framework import plugins, resources

Line = tuple[str, str, "bool | None"]

VITAL = frozenset({"needed", "inference", "models", "trial"})
"""Topics without which the main job cannot work."""

MODEL_SHA256 = {
    "selfie_segmentation.tflite": "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
    "selfie_segmentation_landscape.tflite": (
        "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894"
    ),
}

_NEEDED = ("numpy", "protobuf", "networkx", "typer", "rich")
# The same cv2 under four names; any of them will do.
_OPENCV = (
    "opencv-python-headless",
    "opencv-python",
    "opencv-contrib-python-headless",
    "opencv-contrib-python",
)


def program() -> Iterator[Line]:
    """Yield mpgraph itself, Python and the machine."""
    place = Path(__file__).resolve().parent.parent
    yield "mpgraph", f"{version_of('mpgraph') or '(not installed)'} in {place}", True
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    yield "Python", f"{platform.python_version()} at {sys.executable}, {machine}", True


def packages() -> Iterator[Line]:
    """Yield the packages that mpgraph cannot do without."""
    for name in _NEEDED:
        version = version_of(name)
        yield (
            "needed",
            f"{name} {version}" if version else f"{name} is missing: pip install {name}",
            bool(version),
        )
    found = [f"{name} {version}" for name in _OPENCV if (version := version_of(name))]
    if not found:
        yield "needed", f"OpenCV is missing: pip install {_OPENCV[0]}", False
        return
    try:
        import cv2
    except ImportError as error:
        yield "needed", f"{', '.join(found)} cannot be loaded: {error}", False
        return
    yield "needed", f"{', '.join(found)} (cv2 {cv2.__version__})", True


def inference() -> Iterator[Line]:
    """Yield the backends, the one that will be used first."""
    from mpgraph.inference import BACKEND_VARIABLE, backends

    known = backends(on_request=True)
    wanted = os.environ.get(BACKEND_VARIABLE)
    default = wanted or next((backend.name for backend in backends() if backend.available), None)
    if wanted and wanted not in {backend.name for backend in known}:
        yield "inference", f'{BACKEND_VARIABLE}="{wanted}" names no backend', False
    for backend in known:
        if not backend.available:
            state = False if backend.name == wanted else None
            yield "inference", f"{backend.name}: {backend.why_not}", state
        elif backend.name == default:
            why = f"set by {BACKEND_VARIABLE}" if wanted else "the first that is installed"
            yield "inference", f"{backend.name} {backend.version}, in use ({why})", True
        else:
            yield (
                "inference",
                f"{backend.name} {backend.version}, used with {BACKEND_VARIABLE}={backend.name}",
                True,
            )
    if default is None:
        yield "inference", "no backend is installed: pip install ai-edge-litert", False


def media() -> Iterator[Line]:
    """Yield videos, cameras and the display."""
    from mpgraph.io.desktop import has_display

    version = version_of("av")
    missing = 'PyAV is not installed, so no videos: pip install "mpgraph[video]"'
    yield "video", f"PyAV {version}" if version else missing, True if version else None
    if sys.platform.startswith("linux"):
        cameras = sorted(str(path) for path in Path("/dev").glob("video[0-9]*"))
        yield "cameras", ", ".join(cameras) or "none", True if cameras else None
    display = has_display()
    none = "none: the live preview needs --no-browser and a forwarded port"
    yield "display", "the live preview opens in the browser" if display else none, True if display else None


def gpu() -> Iterator[Line]:
    """Yield the GPUs, the one first that GPU graphs will run on."""
    from mpgraph.gpu.adapter import ADAPTER_VARIABLE, adapters, choose

    if importlib.util.find_spec("wgpu") is None:
        yield "GPU", 'wgpu is not installed (only needed for GPU graphs): pip install "mpgraph[gpu]"', None
        return
    version = version_of("wgpu")
    try:
        chosen, _ = choose()
        others = [info for info in adapters() if info != chosen]
    except MpgraphError as error:
        yield "GPU", f"wgpu {version}: {error}", False if os.environ.get(ADAPTER_VARIABLE) else None
        return
    yield "GPU", f"{chosen}, with wgpu {version}", True
    for info in others:
        yield "GPU", f"{info}, used with {ADAPTER_VARIABLE}", True


def models() -> Iterator[Line]:
    """Yield where files are looked for, and whether the models are the right ones."""
    variable = resources.RESOURCE_PATH_VARIABLE
    folders = os.environ.get(variable)
    places = (
        f"{variable}={folders}, then" if folders else f"the working directory ({variable} is not set), then"
    )
    yield "resources", f"{places} {resources.shipped_models()} and {resources.shipped_graphs()}", True
    for name, expected in MODEL_SHA256.items():
        try:
            file = resources.find_resource(f"mediapipe/modules/selfie_segmentation/{name}")
        except MpgraphError as error:
            yield "models", str(error), False
            continue
        right = hashlib.sha256(file.read_bytes()).hexdigest() == expected
        said = "sha256 as published" if right else f"sha256 differs from the published one: {file}"
        yield "models", f"{name}: {said}", right or None


def plug_ins() -> Iterator[Line]:
    """Yield what plug-ins bring along, and those that cannot be imported."""
    found = plugins.installed()
    if not found:
        yield "plug-ins", "none", None
    for plugin in found:
        try:
            plugin.load()
        except Exception as error:  # What a plug-in does at its import must not end the report.
            said = next(lines_of(error), "").removeprefix("error: ") or f"{plugin.distribution}: {error}"
            yield "plug-ins", said, False
            continue
        what = plugin.name if plugin.attribute else f"the module {plugin.module}"
        yield "plug-ins", f"{plugin.distribution}: {what}", True


def trial() -> Iterator[Line]:
    """Segment the shipped portrait, and yield how that went."""
    from mpgraph.media.images import read_image

    try:
        from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

        portrait = read_image(resources.demo_image())
        with SelfieSegmentation() as segmenter:
            segmenter.process(portrait)
            began = time.perf_counter()
            mask = segmenter.process(portrait).segmentation_mask
            took = 1000 * (time.perf_counter() - began)
    except Exception as error:  # A report of what is wrong must not fail at what is wrong.
        yield "trial", f"segmenting the portrait failed: {next(lines_of(error))}", False
        return
    share = 100 * float((mask > 0.5).mean())
    # 54.5 % of the portrait is its person; a backend that computes nonsense is far off.
    good = 50 < share < 60
    yield "trial", f"segmented the portrait in {took:.1f} ms: {share:.0f} % of it is a person", good


CHECKS = (program, packages, inference, media, gpu, models, plug_ins)
