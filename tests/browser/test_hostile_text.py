"""Texts that would break the page or run code in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as replace_fields
from pathlib import Path

import pytest
from page_actions import caret_to, click_node, replace
from playwright.sync_api import Page, expect

from mpgraph.visualizer.graph_files import graph_data
from mpgraph.visualizer.html import assemble, page_data
from mpgraph.visualizer.structure import structure_of

Visit = Callable[..., Page]

ATTACKS = [
    "</script><script>window.attacked = 1</script>",
    "<img src=x onerror='window.attacked = 1'>",
    '" onmouseover="window.attacked = 1" x="',
    "<!--<script>",
    "]]></title></style><svg onload=window.attacked=1>",
    "__proto__",
    "constructor",
    "\u2028\u2029\u202e\ufeff\u0000\u0007",
    "&lt;b&gt;&amp;&#60;",
    "javascript:window.attacked=1",
    "${window.attacked=1}",
    "{{constructor.constructor('window.attacked=1')()}}",
]


def quoted(text: str) -> str:
    octal = "".join(
        c if c.isprintable() and c not in '"\\' else "".join(f"\\{b:03o}" for b in c.encode()) for c in text
    )
    return f'"{octal}"'


def hostile_graph() -> str:
    nodes = []
    for index, attack in enumerate(ATTACKS):
        name = quoted(attack)
        nodes.append(
            f"node {{ name: {name} calculator: {name} input_stream: {name} "
            f'output_stream: "s{index}" executor: {name} '
            f"options {{ [evil.ext] {{ text: {name} }} }} }}  # {attack.splitlines()[0]}"
        )
    return "\n".join([f"input_stream: {quoted(ATTACKS[0])}", *nodes])


@pytest.fixture
def hostile_file(tmp_path: Path) -> Path:
    path = tmp_path / "<img src=x onerror=alert(1)>.pbtxt"
    path.write_text(hostile_graph(), encoding="utf-8")
    return path


def walk_through(page: Page) -> None:
    """Open everything that displays names."""
    page.keyboard.press("e")
    page.get_by_role("tab", name="Outline").click()
    items = page.get_by_role("treeitem")
    expect(items).to_have_count(len(ATTACKS))
    for index in range(len(ATTACKS)):
        items.nth(index).click()
    page.locator("#tab-feedback").click()
    page.locator("g.box.selected text.title").first.hover()
    page.keyboard.press("/")
    page.keyboard.type("script")
    page.keyboard.press("Enter")
    assert page.evaluate("window.attacked") is None


def test_hostile_names_run_no_code_in_the_file(
    visit: Visit, file_page: Callable[..., str], hostile_file: Path
) -> None:
    walk_through(visit(file_page(hostile_file)))


def test_hostile_names_run_no_code_in_the_served_page(
    visit: Visit, serve: Callable[..., str], hostile_file: Path
) -> None:
    page = visit(serve(hostile_file))
    walk_through(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG").click()
    assert "<script" not in Path(download.value.path()).read_text(encoding="utf-8")


def test_bidirectional_controls_are_made_visible(visit: Visit, file_page: Callable[..., str]) -> None:
    page = visit(file_page('node { calculator: "Unknown\u202egnp.exe" }'))
    expect(page.locator("g.box text.title").first).to_have_text("Unknown\ufffdgnp.exe")
    expect(page.locator(".problem").first).to_contain_text('"Unknown\ufffdgnp.exe"')


def test_empty_graph_shows_a_message(visit: Visit, file_page: Callable[..., str]) -> None:
    expect(visit(file_page("")).locator(".stage-message")).to_be_visible()


def test_cyclic_graph_is_drawn_with_its_error(visit: Visit, serve: Callable[..., str], chain: Path) -> None:
    page = visit(serve(chain))
    replace(page, 'input_stream: "in"\n  output_stream: "a"', 'input_stream: "b"\n  output_stream: "a"')
    expect(page.locator("#tab-feedback .count")).to_be_visible()
    expect(page.locator("g.box.node")).to_have_count(3)


def test_recursive_subgraph_is_harmless(visit: Visit, serve: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "loop.pbtxt"
    path.write_text(
        'type: "Loop"\ninput_stream: "x"\nnode { calculator: "Loop" input_stream: "x" }\n', encoding="utf-8"
    )
    page = visit(serve(path))
    page.keyboard.press("e")
    expect(page.locator("#tab-feedback .count")).to_be_visible()


def test_ten_megabytes_of_text_open_and_scroll(
    visit: Visit, serve: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "huge.pbtxt"
    line = "# " + 97 * "x" + "\n"
    path.write_text(
        100_000 * line + 'node { name: "last" calculator: "PassThroughCalculator" }\n', encoding="utf-8"
    )
    page = visit(serve(path))
    click_node(page, "last")
    expect(page.locator(".number.lit")).to_have_text("100001")
    caret_to(page, "node {")
    expect(page.locator(".line.current")).to_contain_text("PassThroughCalculator")
    expect(page.locator("#status")).to_contain_text("too long to be edited")


def test_empty_text_and_missing_file(visit: Visit, serve: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "none.pbtxt"
    page = visit(serve(path))
    page.locator("#text-body textarea").fill("\u0000{{{")
    expect(page.locator("#stale")).to_be_visible()
    page.locator("#text-body textarea").fill('input_stream: "x"')
    expect(page.locator('g.box[data-id="in:x"]')).to_be_visible()


def test_large_drawing_requires_confirmation(visit: Visit, tmp_path: Path) -> None:
    count = 5001
    structure = structure_of('node { calculator: "PassThroughCalculator" }')
    nodes = tuple(replace_fields(structure.graph.nodes[0], id=f"n{i}", name=f"n{i}") for i in range(count))
    many = replace_fields(structure, graph=replace_fields(structure.graph, nodes=nodes))
    path = tmp_path / "many.html"
    path.write_text(assemble(page_data("file", [graph_data(many)])), encoding="utf-8")
    page = visit(path.as_uri(), drawn=False)
    page.get_by_role("button", name="Draw them all").click()
    expect(page.locator("g.box.node")).to_have_count(count, timeout=60_000)
