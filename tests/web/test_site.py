"""The files of a site."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import cv2
import numpy as np
import pytest

import mpgraph
from mpgraph.errors import InvalidArgumentError
from mpgraph.web.site import site_files, whole_package


@pytest.fixture(scope="module")
def site() -> Mapping[str, bytes]:
    return site_files()


def stored(site: Mapping[str, bytes]) -> tuple[list[str], str]:
    """The files that the service worker keeps, and their version."""
    text = site["sw.js"].decode()
    files = re.search(r"const FILES = (\[.*?\]);", text, re.DOTALL)
    version = re.search(r'const VERSION = "(\w+)";', text)
    assert files and version
    return json.loads(files[1]), version[1]


def test_service_worker_keeps_every_file_that_pages_load(site: Mapping[str, bytes]) -> None:
    kept = set(stored(site)[0])
    assert {"./", "app.js", "package/graph.js", "package/kernels.wasm", "dusk.jpg"} <= kept
    assert all(name.endswith((".d.ts", ".md", "package.json", "sw.js")) for name in set(site) - kept)


def test_version_changes_with_any_file(site: Mapping[str, bytes]) -> None:
    assert stored(site_files())[1] == stored(site)[1]
    assert stored(site_files(model="general"))[1] != stored(site)[1]


def test_page_names_only_files_that_are_there(site: Mapping[str, bytes]) -> None:
    for page in ("index.html", "demo.html"):
        names = re.findall(r'(?:src|href)="([^"#:]+)"', site[page].decode())
        assert names and set(names) <= set(site), page
    for name, data in site.items():
        if name.endswith(".js") and "/" not in name:
            imports = re.findall(r'^import .* from "\./([^"]+)";', data.decode(), re.MULTILINE)
            assert set(imports) <= set(site), name
    manifest = json.loads(site["manifest.webmanifest"])
    assert {icon["src"] for icon in manifest["icons"]} <= set(site)


def test_nothing_is_fetched_from_elsewhere(site: Mapping[str, bytes]) -> None:
    """Addresses of other servers are only those of namespaces and those that pages of others contain."""
    for name, data in site.items():
        if name.endswith((".js", ".html", ".css")):
            found = set(re.findall(r"https?://[\w.-]+", data.decode()))
            known = {"http://www.w3.org", "https://cdn.jsdelivr.net"} if name != "index.html" else set()
            assert found <= {*known, "http://www.w3.org", "http://"}, name


@pytest.mark.parametrize("size", [192, 512])
def test_icons_are_images_of_their_size(site: Mapping[str, bytes], size: int) -> None:
    icon = cv2.imdecode(np.frombuffer(site[f"icon-{size}.png"], np.uint8), cv2.IMREAD_UNCHANGED)
    assert icon is not None and icon.shape[:2] == (size, size)
    assert icon[size // 2, size // 2].min() > 250  # The person.


def test_models_are_shared_by_page_and_package(site: Mapping[str, bytes]) -> None:
    assert len([name for name in site if name.endswith(".weights")]) == 2
    for model in ("general", "landscape"):
        graph = json.loads(site[f"graphs/selfie_page_{model}.graph.json"])
        files = [file for entry in graph["models"].values() for file in (entry["plan"], entry["weights"])]
        assert len(files) == 2
        assert {f"package/graphs/{file}" for file in files} <= set(site)


def test_a_chosen_model_is_in_the_settings(site: Mapping[str, bytes]) -> None:
    assert json.loads(site["site.json"]) == {"model": None, "graph": None}
    assert json.loads(site_files(model="landscape")["site.json"])["model"] == "landscape"
    with pytest.raises(InvalidArgumentError, match='no model "big"'):
        site_files(model="big")


def test_package_has_the_version_of_mpgraph() -> None:
    package = whole_package()
    version = mpgraph.__version__
    assert json.loads(package["package.json"])["version"] == version
    assert f'VERSION = "{version}"' in package["selfie_segmentation.js"].decode()


def test_package_is_small() -> None:
    """A quarter of MediaPipe's npm package, which loads 6.3 MB, 2.04 MB of it compressed."""
    import gzip

    needed = {
        name: data
        for name, data in whole_package().items()
        if not name.startswith("classic/")
        and not name.endswith((".d.ts", ".css", ".md"))
        and "landscape" not in name
    }
    assert sum(map(len, needed.values())) < 6_300_000 / 4
    assert sum(len(gzip.compress(data)) for data in needed.values()) < 2_040_000 / 4
