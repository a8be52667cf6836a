"""The promises of SECURITY.md that are about several parts of mpgraph at once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from strangers_graph import write_strangers_graph

import mpgraph as mp
from mpgraph.framework import resources

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Audit(NamedTuple):
    """What a command did; see audited_command.py."""

    said: str
    found: dict[str, Any]


@pytest.fixture
def audited(tmp_path: Path, checkout: Path) -> Any:
    """Runs a command in a folder, tmp_path/work, under audit."""
    (tmp_path / "work").mkdir()

    def run(*arguments: str) -> Audit:
        done = subprocess.run(
            [sys.executable, str(checkout / "tests" / "audited_command.py"), *arguments],
            cwd=tmp_path / "work",
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(checkout), "XDG_CACHE_HOME": str(tmp_path / "cache")},
            preexec_fn=lambda: os.umask(0),
            timeout=100,
        )
        *lines, found = done.stdout.splitlines()
        return Audit("\n".join(lines) + done.stderr, json.loads(found))

    return run


@linux_only
@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["check", "GRAPH"],
        ["viz", "GRAPH", "-o", "drawing.svg"],
        ["viz", "GRAPH", "-o", "drawing.html"],
        ["run", "GRAPH", "--input-image", "IMAGE", "--output-image", "out.png"],
        ["selfie", "IMAGE", "-o", "out.png"],
    ],
    ids=lambda arguments: " ".join(arguments[:1]) or "import",
)
def test_no_socket_is_opened_and_no_process_started(arguments: list[str], audited: Any) -> None:
    graph = resources.find_resource("selfie_segmentation_cpu.pbtxt")
    words = {"GRAPH": str(graph), "IMAGE": str(resources.demo_image())}
    audit = audited(*(words.get(word, word) for word in arguments))
    assert audit.found["code"] == 0, audit.said
    assert audit.found["sockets"] == audit.found["native_sockets"] == audit.found["processes"] == []


@linux_only
@pytest.mark.parametrize("command", [["check"], ["viz", "-o", "out.svg"], ["viz", "-o", "out.html"], ["fmt"]])
def test_reading_a_strangers_graph_opens_nothing_else_and_runs_nothing(
    command: list[str], audited: Any, tmp_path: Path, checkout: Path
) -> None:
    work = tmp_path / "work"
    audit = audited(command[0], str(write_strangers_graph(work)), *command[1:])
    # Python, mpgraph, and the folder of the graph: subgraphs are found there, and calculators for the hints.
    allowed = (sys.prefix, sys.base_prefix, str(checkout), *sysconfig.get_paths().values(), str(work))
    others = [
        path
        for path in audit.found["opened"] + audit.found["written"]
        if not path.startswith((*allowed, "/proc/self", "/sys", "/dev/null"))
    ]
    assert others == []
    written = {Path(path) for path in audit.found["written"] if path != "/dev/null"}
    assert [path for path in written if path.parent != work or path.suffix == ".py"] == []
    assert len(written) <= 1
    assert [path for path in audit.found["modules"] if path.startswith(str(work))] == []
    assert audit.found["sockets"] == audit.found["processes"] == []


@linux_only
def test_cache_files_are_private(audited: Any, tmp_path: Path) -> None:
    # Where frames do not overlap, how many threads are best for the network is found out, and kept.
    image = ("--input-image", str(resources.demo_image()), "--output-image", "out.png")
    assert audited("run", "selfie_segmentation_cpu.pbtxt", *image).found["code"] == 0
    cached = [*(tmp_path / "cache" / "mpgraph").rglob("*")]
    assert cached
    public = [str(path) for path in cached if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert public == []


HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "]]><svg/onload=alert(1)>",
    "--></style><b>",
    "\\\"' onmouseover='alert(1)",
    "\x1b]0;owned\x07\x1b[2J",
    "\u202egnp.exe",
    "${alert(1)}`{{7*7}}",
    "javascript:alert(1)",
)


def graph_with(name: str) -> str:
    """A graph with a name wherever it may be: names of nodes and types, tags, options, comments, files."""
    quoted = json.dumps(name, ensure_ascii=False).replace("\\u001b", "\\033").replace("\\u0007", "\\007")
    return f"""# {name.splitlines()[0]}
input_stream: "in"
output_stream: "out"
node {{ name: {quoted} calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }}
node {{ name: "n" calculator: {quoted} input_stream: "in" output_stream: "other" }}
node {{ calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:p" options {{
  [mediapipe.ConstantSidePacketCalculatorOptions.ext] {{ packet {{ string_value: {quoted} }} }} }} }}
executor {{ name: {quoted} type: "ThreadPoolExecutor" }}
"""


RUNNING = ("script", "img", "iframe", "object", "embed", "b")


class Markup(HTMLParser):
    """Counts elements with the names of their attributes, and links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: Counter[tuple[str, ...]] = Counter()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found[(tag, *sorted(name for name, _ in attrs if not name.startswith("data-")))] += 1
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "xlink:href")]

    @property
    def dangerous(self) -> list[tuple[str, ...]]:
        """Elements that run code, and attributes that do."""
        return [
            key
            for key in self.found.elements()
            if key[0] in ("script", "img", "iframe", "object", "embed", "b")
            or any(a.startswith("on") for a in key[1:])
        ]


@pytest.mark.parametrize("suffix", [".svg", ".html"])
def test_names_never_become_markup_in_drawings(suffix: str, tmp_path: Path) -> None:
    from mpgraph.cli.app import run

    def drawn(name: str) -> str:
        graph, drawing = tmp_path / "graph.pbtxt", tmp_path / f"drawing{suffix}"
        graph.write_text(graph_with(name), encoding="utf-8")
        run(["viz", str(graph), "-o", str(drawing)])
        return drawing.read_text(encoding="utf-8")

    harmless = Markup(drawn("harmless"))
    for name in HOSTILE:
        text = drawn(name)
        markup = Markup(text)
        assert markup.dangerous == harmless.dangerous, name
        assert [link for link in markup.links if "alert" in link] == []
        assert "\x1b" not in text and "\x07" not in text
        if suffix == ".svg":
            xml.etree.ElementTree.fromstring(text)


def test_names_never_become_markup_in_notebooks() -> None:
    def shown(name: str) -> Markup:
        graph = mp.CalculatorGraph(
            graph_config=f"""input_stream: "in" output_stream: "out"
            node {{ name: {json.dumps(name, ensure_ascii=False)} calculator: "PassThroughCalculator"
              input_stream: "in" output_stream: "out" }}"""
        )
        assert name in graph.text_config
        display: Any = graph
        return Markup(display._repr_html_())

    harmless = shown("harmless")
    for name in HOSTILE:
        if name.isprintable() and "\\" not in name:
            assert shown(name).dangerous == harmless.dangerous, name


@pytest.mark.parametrize("command", ["check", "viz", "run", "fmt"])
def test_names_never_become_escape_sequences_on_the_terminal(
    command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from mpgraph.cli.app import run

    name = "\x1b]0;owned\x07\x1b[2J\u009b31m"
    graph = tmp_path / f"graph{name}.pbtxt"
    graph.write_text(graph_with(name), encoding="utf-8")
    options = {"viz": ["-o", str(tmp_path / f"out{name}.svg")], "fmt": ["--check"]}
    run([command, str(graph), *options.get(command, [])])
    said = capfd.readouterr()
    printed = said.out + said.err
    assert "owned" in printed
    assert [character for character in printed if ord(character) < 32 and character not in "\n\t"] == []
    assert "\u009b" not in printed
