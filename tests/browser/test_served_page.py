"""The served page: editing, drawing and saving."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from page_actions import box, caret_to, click_node, expect_in_view, expect_nodes, lit_lines, replace, selected
from playwright.sync_api import Browser, Page, expect

from mpgraph.visualizer.page_session import PageSession
from mpgraph.visualizer.server import PageServer

Visit = Callable[..., Page]
Serve = Callable[..., str]


@pytest.fixture
def page(visit: Visit, serve: Serve, chain: Path) -> Page:
    return visit(serve(chain))


def test_text_and_drawing_are_linked(page: Page) -> None:
    click_node(page, "second")
    assert lit_lines(page) == list(range(10, 16))
    assert selected(page) == "second"
    caret_to(page, 'input_stream: "b"')
    expect(box(page, "third")).to_have_class(re.compile("selected"))
    assert lit_lines(page) == list(range(16, 22))


def test_drawing_follows_the_text(page: Page) -> None:
    replace(page, '"third"', '"last"')
    expect_nodes(page, "last")
    expect(box(page, "third")).to_have_count(0)
    expect(page.locator("#text-tabs button.dirty")).to_have_count(1)


def test_unparsable_text_keeps_the_last_valid_drawing(page: Page) -> None:
    replace(page, 'name: "first"', "name: {")
    expect(page.locator("#stale")).to_be_visible()
    expect_nodes(page, "first", "second", "third")
    expect(page.locator(".number.error")).not_to_have_count(0)
    replace(page, "name: {", 'name: "again"')
    expect(page.locator("#stale")).to_be_hidden()
    expect_nodes(page, "again")
    expect(page.locator(".number.error")).to_have_count(0)


def test_error_is_marked_in_text_drawing_and_list(page: Page) -> None:
    replace(page, "PassThroughCalculator", "PassTroughCalculator")
    expect(box(page, "first").locator(".alarm")).to_be_visible()
    expect(page.locator(".number.error")).to_have_text("6")
    page.locator("#tab-feedback").click()
    item = page.locator("button.problem")
    expect(item).to_contain_text("PassTroughCalculator")
    click_node(page, "third")
    item.click()
    assert selected(page) == "first"
    page.wait_for_timeout(50)
    start = page.locator("#text-body textarea").input_value().index("calculator:")
    caret = "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    assert page.evaluate(caret) == [start, start]


def test_save_writes_only_the_file(page: Page, chain: Path) -> None:
    replace(page, '"third"', '"last"')
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("Saved")
    assert 'name: "last"' in chain.read_text(encoding="utf-8")
    expect(page.locator("#text-tabs button.dirty")).to_have_count(0)
    assert [each.name for each in chain.parent.iterdir()] == ["chain.pbtxt"]


def test_new_graph_has_one_node_and_is_downloaded(page: Page) -> None:
    page.get_by_role("button", name="New").click()
    expect_nodes(page, "PassThroughCalculator")
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    assert download.value.suggested_filename == "untitled.pbtxt"
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("# A graph")


def test_open_a_file(page: Page, tmp_path: Path) -> None:
    other = tmp_path / "other.pbtxt"
    other.write_text('node { name: "alone" calculator: "NoSuchCalculator" }', encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open…").click()
    chooser.value.set_files(other)
    expect_nodes(page, "alone")
    expect(box(page, "alone")).to_have_class(re.compile("kind-unknown"))


def test_unparsable_file_is_opened_with_its_errors(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pbtxt"
    broken.write_text("node { calculator: ", encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open…").click()
    chooser.value.set_files(broken)
    expect(page.locator("#tab-feedback .count")).to_have_text("1")
    expect(page.locator("#text-body textarea")).to_have_value("node { calculator: ")
    page.keyboard.press("Escape")
    replace(page, "node { calculator: ", 'node { name: "fixed" calculator: "PassThroughCalculator" }')
    expect_nodes(page, "fixed")


def test_share_downloads_a_self_contained_page(page: Page, visit: Visit, tmp_path: Path) -> None:
    replace(page, '"third"', '"last"')
    expect_nodes(page, "last")
    with page.expect_download() as download:
        page.get_by_role("button", name="Share").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "chain.html"
    assert str(tmp_path) not in path.read_text(encoding="utf-8")
    shared = visit(path.as_uri())
    expect_nodes(shared, "first", "second", "last")


def test_subgraph_of_the_session_is_edited_in_its_own_tab(visit: Visit, serve: Serve, tmp_path: Path) -> None:
    inner = tmp_path / "inner.pbtxt"
    inner.write_text(
        'type: "Inner"\ninput_stream: "x"\noutput_stream: "y"\n'
        'node { name: "deep" calculator: "PassThroughCalculator" input_stream: "x" output_stream: "y" }\n',
        encoding="utf-8",
    )
    outer = tmp_path / "outer.pbtxt"
    outer.write_text(
        'input_stream: "a"\noutput_stream: "b"\n'
        'node { calculator: "Inner" input_stream: "a" output_stream: "b" }\n',
        encoding="utf-8",
    )
    page = visit(serve(outer, inner))
    page.keyboard.press("e")
    expect_nodes(page, "Inner/deep")
    page.get_by_role("tab", name="inner.pbtxt").click()
    replace(page, '"deep"', '"deeper"')
    expect_nodes(page, "Inner/deeper")
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("Saved inner.pbtxt")
    assert '"deeper"' in inner.read_text(encoding="utf-8")


def test_page_reloads_a_file_written_by_another_program(page: Page, chain: Path) -> None:
    text = chain.read_text(encoding="utf-8")
    page.wait_for_timeout(300)
    chain.write_text(text.replace('"third"', '"from elsewhere"'), encoding="utf-8")
    expect_nodes(page, "from elsewhere")
    expect(page.locator("#text-tabs button.dirty")).to_have_count(0)


def test_conflicting_save_requires_confirmation(page: Page, chain: Path) -> None:
    text = chain.read_text(encoding="utf-8")
    replace(page, '"first"', '"mine"')
    theirs = text.replace('"third"', '"theirs"')
    page.wait_for_timeout(300)
    chain.write_text(theirs, encoding="utf-8")
    expect(page.locator("#status")).to_contain_text("changed by another program")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.keyboard.press("Control+s")
    page.wait_for_timeout(200)
    assert asked and chain.read_text(encoding="utf-8") == theirs
    page.once("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("Saved")
    assert '"mine"' in chain.read_text(encoding="utf-8")


def test_conflict_just_before_save_requires_confirmation(page: Page, chain: Path) -> None:
    theirs = chain.read_text(encoding="utf-8").replace('"third"', '"theirs"')
    replace(page, '"first"', '"mine"')
    page.wait_for_timeout(300)
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    chain.write_text(theirs, encoding="utf-8")
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("changed by another program")
    assert chain.read_text(encoding="utf-8") == theirs
    assert asked


def test_text_survives_an_unreadable_file_and_the_end_of_the_server(browser: Browser, chain: Path) -> None:
    text = chain.read_text(encoding="utf-8")
    page = browser.new_page()  # Failed requests are logged as errors, which `visit` does not permit.
    with PageServer(PageSession([chain])) as server:
        page.goto(server.url)
        page.wait_for_timeout(300)
        chain.write_bytes(b"\xff")
        expect(page.locator("#status")).to_contain_text("not UTF-8")
        chain.write_text(text.replace('"third"', '"fixed"'), encoding="utf-8")
        expect_nodes(page, "fixed")
    expect(page.locator("#stale")).to_contain_text("mpgraph has stopped")
    replace(page, '"first"', '"mine"')
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text(
        "Not saved: mpgraph has stopped. Download keeps the text."
    )
    assert '"mine"' in page.locator("#text-body textarea").input_value()
    page.close()


def test_another_graph_is_scrolled_into_view(page: Page) -> None:
    page.locator("#stage").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="New").click()
    expect_in_view(page, "PassThroughCalculator")
    replace(page, page.locator("#text-body textarea").input_value(), "# nothing")
    expect(page.locator("g.box")).to_have_count(0)
    replace(page, "# nothing", 'node { name: "again" calculator: "PassThroughCalculator" }')
    expect_in_view(page, "again")


def test_caret_is_kept_while_typing(page: Page) -> None:
    click_node(page, "second")
    page.wait_for_timeout(50)
    page.keyboard.press("t")
    page.keyboard.press("Home")
    page.keyboard.type("# one")
    page.wait_for_timeout(700)  # Long enough to analyse the text and redraw the graph.
    page.keyboard.type(" two")
    page.keyboard.press("Enter")
    expect(page.locator("#text-body textarea")).to_have_value(re.compile("\n# one two\nnode {"))


def test_opened_file_of_the_same_name_is_another_file(page: Page, chain: Path, tmp_path: Path) -> None:
    before = chain.read_text(encoding="utf-8")
    other = tmp_path / "elsewhere" / chain.name
    other.parent.mkdir()
    other.write_text('node { name: "alone" calculator: "PassThroughCalculator" }', encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open…").click()
    chooser.value.set_files(other)
    expect_nodes(page, "alone")
    replace(page, '"alone"', '"changed"')
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    assert download.value.suggested_filename == chain.name
    assert chain.read_text(encoding="utf-8") == before


def test_opened_file_is_written_where_browsers_can(page: Page) -> None:
    # A real file in the browser's private storage; only the dialog that selects it is replaced.
    page.evaluate(
        """async () => {
          const folder = await navigator.storage.getDirectory();
          const handle = await folder.getFileHandle("mine.pbtxt", { create: true });
          const stream = await handle.createWritable();
          await stream.write('node { name: "mine" calculator: "PassThroughCalculator" }');
          await stream.close();
          window.showOpenFilePicker = async () => [handle];
          window.written = async () => (await handle.getFile()).text();
        }"""
    )
    page.get_by_role("button", name="Open…").click()
    expect_nodes(page, "mine")
    replace(page, '"mine"', '"mine too"')
    page.keyboard.press("Control+s")
    expect(page.locator("#status")).to_contain_text("Saved mine.pbtxt")
    assert "mine too" in page.evaluate("window.written()")
