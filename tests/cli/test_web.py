"""The command `mpgraph web`; its page is tested in tests/browser/test_web_page.py."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from mpgraph.web.server import SiteServer

OWN = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""


def test_export_writes_a_whole_site(cli: Any, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    code, out, err = cli("web", "--export", folder, "--model", "general")
    assert (code, err) == (0, "")
    assert re.match(rf"{folder}: \d+ files, [12]\.\d MB", out)
    for name in ("index.html", "sw.js", "package/graph.js", "graphs/selfie_page_general.graph.json"):
        assert (folder / name).is_file(), name
    assert json.loads((folder / "site.json").read_text())["model"] == "general"
    assert not list(folder.rglob("*.tmp*"))
    assert cli("web", "--export", folder).code == 0  # Again, into the same folder.
    assert json.loads((folder / "site.json").read_text())["model"] is None


def test_page_is_served_until_the_end(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def visit(server: SiteServer) -> None:
        with urllib.request.urlopen(server.url, timeout=10) as answer:
            seen.append(answer.read())

    monkeypatch.setattr(SiteServer, "wait", visit)
    code, out, err = cli("web", "--no-open", "--port", 0)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\n", out)
    assert seen[0].startswith(b"<!doctype html>")


def test_graph_of_ones_own_is_the_pages_graph(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "own.pbtxt").write_text(OWN, encoding="utf-8")
    assert cli("web", tmp_path / "own.pbtxt", "--export", tmp_path / "public").code == 0
    site = json.loads((tmp_path / "public" / "site.json").read_text())
    expected = {"name": "own.pbtxt", "url": "graphs/graph.graph.json", "video": "in", "outputs": ["out"]}
    assert site["graph"] == expected


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--model", "big"], 2, r'"big" is not one of general, landscape'),
        (["missing.pbtxt"], 1, r'Cannot find the file "missing\.pbtxt"'),
        (["own.pbtxt", "--model", "general"], 2, "--model: is for the selfie effects"),
        (
            ["closed.pbtxt"],
            1,
            r"closed\.pbtxt: .* the input streams \[in\] and output streams \[\]",
        ),
        (["unknown.pbtxt"], 1, r"unknown\.pbtxt:3:1: error: .*OpenCvEncodedImageToImageFrameCalculator"),
        (["--host", "nowhere"], 2, '"nowhere" is not an address'),
        (["--key", "key.pem"], 2, "--key: needs a --cert"),
        (["--cert", "missing.pem"], 1, r'no file "missing\.pem"'),
        (["--host", "192.0.2.77", "--port", "0"], 1, r"of 192\.0\.2\.77 cannot be used"),
        (["--export", "own.pbtxt"], 1, r"own\.pbtxt"),
    ],
)
def test_failures_are_one_line(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    graph = OWN.replace('output_stream: "out"\n', "", 1)
    unknown = OWN.replace("PassThroughCalculator", "OpenCvEncodedImageToImageFrameCalculator")
    for name, text in {"own": OWN, "closed": graph, "unknown": unknown}.items():
        (tmp_path / f"{name}.pbtxt").write_text(text.lstrip(), encoding="utf-8")
    result = cli("web", "--no-open", *arguments)
    lines = [line for line in result.err.splitlines() if "Everyone in this network" not in line]
    assert (result.code, len(lines)) == (code, 1), result
    assert re.search(message, lines[0]), lines[0]
