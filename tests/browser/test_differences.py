"""Comparison of two graphs: additions, removals and changes, as colours and as a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from page_actions import box, replace, selected
from playwright.sync_api import Page, expect

from mpgraph.framework.resources import shipped_graphs
from mpgraph.visualizer.engine import run
from mpgraph.visualizer.model import to_json
from mpgraph.visualizer.structure import structure_of

Visit = Callable[..., Page]

HEAD = 'input_stream: "in"\noutput_stream: "out"\n'


def node(name: str, source: str, target: str, more: str = "") -> str:
    return (
        f'node {{ name: "{name}" calculator: "PassThroughCalculator" input_stream: "{source}" '
        f'output_stream: "{target}" {more} }}\n'
    )


OLDER = HEAD + node("first", "in", "a") + node("gone", "a", "b") + node("last", "b", "out")
NEWER = (
    HEAD + node("fresh", "in", "z") + node("first", "z", "a", 'executor: "side"') + node("last", "a", "out")
)
NEWER += 'executor { name: "side" type: "ThreadPoolExecutor" }\n'


def listed(page: Page) -> set[str]:
    return {" ".join(text.split()) for text in page.locator("button.difference").all_inner_texts()}


@pytest.fixture
def page(visit: Visit, file_page: Callable[..., str], tmp_path: Path) -> Page:
    paths = []
    for name, text in {"older.pbtxt": OLDER, "newer.pbtxt": NEWER}.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text, encoding="utf-8")
    return visit(file_page(*paths, diff=True))


def test_merged_drawing_marks_changes(page: Page) -> None:
    expect(box(page, "fresh")).to_have_class(re.compile("diff-added"))
    expect(box(page, "older:gone")).to_have_class(re.compile("diff-removed"))
    expect(box(page, "first")).to_have_class(re.compile("diff-changed"))
    expect(page.locator(".wire.diff-removed")).to_have_count(3)


def test_list_links_to_each_difference(page: Page) -> None:
    names = {text.split()[-1] for text in listed(page) if "node" in text}
    assert names == {"fresh", "gone", "first", "last"}
    page.locator("button.difference", has_text="gone").click()
    assert selected(page) == "gone"
    expect(page.get_by_role("tab", selected=True).first).to_contain_text("older.pbtxt")
    expect(page.locator(".number.lit")).to_have_text("4")
    details = page.locator(".differences li", has=page.get_by_text("first", exact=True)).locator("li")
    expect(details).to_have_text(["executor: default → side", "input 0: in → z"])


def test_picker_shows_each_graph_alone(page: Page) -> None:
    picker = page.get_by_label("Graph to show")
    picker.select_option("older.pbtxt")
    expect(box(page, "gone")).to_be_attached()
    expect(page.locator("[class*=diff-]:is(.box, .wire)")).to_have_count(0)
    picker.select_option("older.pbtxt → newer.pbtxt")
    expect(box(page, "older:gone")).to_be_attached()


def test_options_and_streams_inside_subgraphs_are_compared(
    visit: Visit, file_page: Callable[..., str], selfie: Path
) -> None:
    text = selfie.read_text(encoding="utf-8")
    changed = selfie.with_name("changed.pbtxt")
    changed.write_text(text.replace("invert_mask: true", "invert_mask: false"), encoding="utf-8")
    page = visit(file_page(selfie, changed, diff=True))
    assert listed(page) == {"~node RecolorCalculator"}
    expect(page.locator(".differences li li")).to_have_text("invert_mask: true → false")


def test_moved_unnamed_nodes_are_unchanged(
    visit: Visit, file_page: Callable[..., str], tmp_path: Path
) -> None:
    parts = [
        f'node {{ calculator: "PassThroughCalculator" input_stream: "s{i}" output_stream: "s{i + 1}" }}\n'
        for i in range(4)
    ]
    older, newer = tmp_path / "a.pbtxt", tmp_path / "b.pbtxt"
    older.write_text('input_stream: "s0"\n' + "".join(parts), encoding="utf-8")
    newer.write_text('input_stream: "s0"\n' + "".join(reversed(parts)), encoding="utf-8")
    page = visit(file_page(older, newer, diff=True))
    expect(page.locator(".summary")).to_have_text("The two graphs are the same.")


def test_served_graph_is_compared_with_a_file(
    visit: Visit, serve: Callable[..., str], chain: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before.pbtxt"
    before.write_text(chain.read_text(encoding="utf-8"), encoding="utf-8")
    page = visit(serve(chain))
    replace(page, '"third"', '"last"')
    expect(box(page, "last")).to_be_attached()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Compare…").click()
    chooser.value.set_files(before)
    expect(page.locator("#tab-differences .count")).to_be_visible()
    page.get_by_label("Graph to show").select_option("chain.pbtxt")
    expect(page.locator("#text-tabs button")).to_have_class("dirty")
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("Saved chain.pbtxt")
    assert '"last"' in chain.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(shipped_graphs().rglob("*.pbtxt")), ids=lambda path: path.stem)
def test_differences_from_itself_and_from_an_empty_graph(path: Path) -> None:
    structure = to_json(structure_of(path))
    nothing = to_json(structure_of(""))
    assert run("page/diff.js", "compare", structure, structure)["list"] == []
    nodes = sorted(node["name"] for node in structure["graph"]["nodes"])
    for change, older, newer in (("added", nothing, structure), ("removed", structure, nothing)):
        found = run("page/diff.js", "compare", older, newer)["list"]
        assert sorted(each["text"] for each in found if each["change"] == change) == nodes
