"""The HTML of the page: one deterministic file that makes no requests."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mpgraph.visualizer.html import assemble, page_data, page_html, script_json

TEXT = 'node { name: "one" calculator: "PassThroughCalculator" }\n'
NASTY = "</script><!--<script>\u2028&amp;\ud800\"'"


class Elements(HTMLParser):
    """Every element with its attributes, and the content of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.content: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] in ("script", "style") and data.strip():
            self.content.append((self.found[-1][0], data))


def embedded(page: str) -> dict[str, object]:
    match = re.search(r'id="mpgraph-page">(.*?)</script>', page, re.DOTALL)
    assert match
    value = json.loads(match[1])
    assert isinstance(value, dict)
    return value


def test_page_is_self_contained() -> None:
    page = page_html([TEXT])
    elements = Elements(page)
    assert not [attributes for _, attributes in elements.found if "src" in attributes]
    links = [attributes["href"] for tag, attributes in elements.found if tag == "link"]
    assert links == ["data:,"]
    assert len(page.encode()) < 4_000_000
    graphs = embedded(page)["graphs"]
    assert isinstance(graphs, list) and graphs[0]["structure"]["graph"]["nodes"][0]["name"] == "one"


def test_policy_permits_only_own_script_and_style() -> None:
    elements = Elements(page_html([TEXT]))
    (policy,) = [
        attributes["content"]
        for tag, attributes in elements.found
        if tag == "meta" and "http-equiv" in attributes
    ]
    assert policy and "connect-src 'none'" in policy and "unsafe" not in policy
    for tag, content in elements.content:
        if not content.startswith("{"):  # The embedded data.
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy


def test_no_styles_or_handlers_in_attributes() -> None:
    for _, attributes in Elements(page_html([TEXT])).found:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_page_is_deterministic_and_has_no_folders(tmp_path: Path) -> None:
    pages = []
    for folder in ("a", "b"):
        path = tmp_path / folder / "graph.pbtxt"
        path.parent.mkdir()
        path.write_text(TEXT, encoding="utf-8")
        pages.append(page_html([path]))
    assert pages[0] == pages[1]
    assert str(tmp_path) not in pages[0]


def test_page_with_two_graphs_and_extras() -> None:
    page = embedded(page_html([TEXT, TEXT], diff=True, extras={"trace": {"<b>": [1]}}))
    assert page["diff"] is True and page["mode"] == "file"
    assert page["extras"] == {"trace": {"<b>": [1]}}


def test_script_json_cannot_end_the_script() -> None:
    text = script_json({NASTY: NASTY})
    assert not re.search(r"[<>&\u2028\u2029\ud800]", text)
    assert json.loads(text) == {NASTY: NASTY}


def test_hostile_title_is_escaped() -> None:
    graph = {
        "name": NASTY.replace("\ud800", ""),
        "structure": {"graph": {}, "files": {}, "diagnostics": []},
        "files": [],
    }
    page = assemble(page_data("file", [graph]))
    before = page.partition("<script")[0]
    assert "</script>" not in before and "&lt;/script&gt;" in before


def test_nan_is_an_error() -> None:
    with pytest.raises(ValueError, match="JSON"):
        script_json(float("nan"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have only names that are text")
def test_a_file_whose_name_is_not_utf8(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/graph\xff.pbtxt"))
    file.write_text('input_stream: "in"', encoding="utf-8")
    assert "graph?.pbtxt" in page_html([file]).encode().decode()
