"""The page as a file on disk: everything but editing, without any requests."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from page_actions import box, caret_to, click_node, expect_nodes, selected, shown_nodes
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]

OUTER = "SelfieSegmentationCpu"


@pytest.fixture
def page(visit: Visit, file_page: Callable[..., str], selfie: Path) -> Page:
    return visit(file_page(selfie))


def test_subgraphs_open_by_click_double_click_and_key(page: Page) -> None:
    closed = shown_nodes(page)
    box(page, OUTER).locator("[data-toggle]").click()
    assert shown_nodes(page) > closed
    box(page, OUTER).locator("[data-toggle]").first.click()
    assert shown_nodes(page) == closed
    box(page, OUTER).locator("text.title").first.dblclick()
    assert shown_nodes(page) > closed
    page.keyboard.press("Enter")
    assert shown_nodes(page) == closed


def test_expand_all_and_collapse(page: Page) -> None:
    closed = shown_nodes(page)
    page.get_by_role("button", name="Expand all").click()
    assert any(node.count("/") >= 2 for node in shown_nodes(page))
    expect(page.locator(".box.node .handle")).to_have_count(0)
    page.locator("#stage").focus()
    page.keyboard.press("c")
    assert shown_nodes(page) == closed


def test_nested_subgraph_stays_open_when_its_parent_is_closed(page: Page) -> None:
    page.locator("#stage").focus()
    page.keyboard.press("e")
    everything = shown_nodes(page)
    nested = next(
        node for node in sorted(everything) if box(page, node).locator(".handle").count() and "/" in node
    )
    box(page, nested).locator("[data-toggle]").first.dispatch_event("click")
    without = shown_nodes(page)
    assert nested in without and not any(node.startswith(f"{nested}/") for node in without)
    box(page, OUTER).locator("[data-toggle]").first.dispatch_event("click")
    box(page, OUTER).locator("[data-toggle]").first.dispatch_event("click")
    assert shown_nodes(page) == without


def test_breadcrumb_selects_outer_subgraphs(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("InferenceCalculator")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    crumbs = page.locator("#breadcrumb button")
    expect(crumbs.nth(1)).to_have_text(OUTER)
    assert crumbs.count() >= 3
    crumbs.nth(1).click()
    assert selected(page) == OUTER
    expect(box(page, OUTER)).to_have_class(re.compile("group.*selected|selected.*group"))


def test_node_inside_a_subgraph_shows_its_own_file(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("TensorsToSegmentation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", selected=True).first).to_have_text("selfie_segmentation_cpu.pbtxt")
    caret_to(page, "InferenceCalculator")
    assert selected(page).startswith("InferenceCalculator")


def test_text_is_read_only_but_selectable(page: Page) -> None:
    area = page.locator("#text-body textarea")
    before = area.input_value()
    area.focus()
    page.keyboard.type("nonsense")
    assert area.input_value() == before
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    click_node(page, "RecolorCalculator")
    page.wait_for_function("document.querySelector('#text-body textarea').selectionEnd > 0")
    selected = area.evaluate("(area) => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert selected.startswith("node {") and selected.rstrip().endswith("}")
    assert "RecolorCalculator" in selected


def test_search_finds_streams_and_types(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("segmentation_mask")
    expect(page.locator("#hit-count")).to_have_text(re.compile(r"^\d+$"))
    expect(page.locator(".wire.found").first).to_be_attached()
    page.keyboard.press("Enter")
    first = selected(page)
    expect(page.locator("#hits")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#hit-count")).to_have_text(re.compile(r"^2/"))
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#hit-count")).to_have_text(re.compile(r"^1/"))
    assert selected(page) == first
    page.keyboard.press("Escape")
    expect(page.locator(".found")).to_have_count(0)
    expect(page.locator("#stage")).to_be_focused()


def test_focus_dims_everything_else(page: Page) -> None:
    click_node(page, OUTER)
    page.keyboard.press("u")
    expect(box(page, "FlowLimiterCalculator")).to_have_class(re.compile("lit"))
    page.keyboard.press("Escape")
    expect(page.locator("svg.focused")).to_have_count(0)
    click_node(page, "RecolorCalculator")
    page.get_by_role("button", name="Downstream").click()
    expect(page.locator("svg.focused")).to_have_count(1)


def test_stream_is_selected_by_wire_port_and_graph_input(page: Page) -> None:
    box(page, "in:input_video").locator("text").click()
    assert selected(page) == "input_video"
    expect(page.locator(".wire.selected")).not_to_have_count(0)
    box(page, "RecolorCalculator").locator('.port[data-name="segmentation_mask"] text').first.click()
    assert selected(page) == "segmentation_mask"
    page.locator('.wire[data-name="throttled_input_video"] .hit').first.dispatch_event("click")
    assert selected(page) == "throttled_input_video"
    page.locator("#inspector").get_by_role("button", name="RecolorCalculator").click()
    assert selected(page) == "RecolorCalculator"


def test_hover_card_shows_types_and_options(page: Page) -> None:
    box(page, "RecolorCalculator").locator("text.title").hover()
    card = page.locator(".hover-card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("ImageFrame")
    expect(card).to_contain_text("invert_mask")


def test_inspector_shows_defaults_and_documentation(page: Page) -> None:
    click_node(page, "FlowLimiterCalculator")
    inspector = page.locator("#inspector")
    expect(inspector.locator(".doc p")).not_to_be_empty()
    expect(inspector.locator("tr.default")).not_to_have_count(0)


def test_keys_pan_zoom_and_fit(page: Page) -> None:
    stage, world = page.locator("#stage"), page.locator(".world")
    percent = page.locator(".percent")
    stage.focus()
    fitted = percent.inner_text()
    page.keyboard.press("+")
    expect(percent).not_to_have_text(fitted)
    page.keyboard.press("0")
    expect(percent).to_have_text(fitted)
    page.wait_for_timeout(300)  # The return is animated.
    before = world.get_attribute("style")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "(before) => document.querySelector('.world').getAttribute('style') !== before", arg=before
    )


def test_drag_pans_without_selecting(page: Page) -> None:
    title = box(page, "RecolorCalculator").locator("text.title")
    before = title.bounding_box()
    assert before
    page.mouse.move(before["x"] + 5, before["y"] + 5)
    page.mouse.down()
    page.mouse.move(before["x"] + 65, before["y"] - 25, steps=4)
    page.mouse.up()
    page.wait_for_timeout(50)
    after = title.bounding_box()
    assert after
    assert (round(after["x"] - before["x"]), round(after["y"] - before["y"])) == (60, -30)
    expect(page.locator(".selected")).to_have_count(0)


def test_wheel_zooms_around_the_pointer(page: Page) -> None:
    title = box(page, "RecolorCalculator").locator("text.title")
    before = title.bounding_box()
    assert before
    page.mouse.move(before["x"], before["y"])
    page.mouse.wheel(0, -120)
    page.wait_for_timeout(50)
    after = title.bounding_box()
    assert after and after["width"] > before["width"]
    assert abs(after["x"] - before["x"]) < 1.5 and abs(after["y"] - before["y"]) < 1.5


def test_landmarks_are_legible_when_zoomed_out(page: Page) -> None:
    page.locator("#stage").focus()
    page.keyboard.press("e")
    for _ in range(8):
        page.keyboard.press("-")
    names = page.locator(".landmarks text")
    expect(names.first).to_have_text(OUTER)
    height = names.first.bounding_box()
    assert height and 9 < height["height"] < 20
    for _ in range(14):
        page.keyboard.press("+")
    expect(names).to_have_count(0)


def test_shift_and_arrow_keys_move_from_node_to_node(page: Page) -> None:
    click_node(page, "FlowLimiterCalculator")
    page.keyboard.press("Shift+ArrowDown")
    assert selected(page) in (OUTER, "RecolorCalculator")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowUp")
    assert selected(page) == "FlowLimiterCalculator"


def test_outline_is_an_accessible_tree(page: Page) -> None:
    page.get_by_role("tab", name="Outline").click()
    tree = page.get_by_role("tree")
    items = tree.get_by_role("treeitem")
    expect(items).to_have_count(3)
    items.nth(0).click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(tree.locator("[aria-expanded=true]")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(tree.locator("[aria-selected=true]")).to_have_attribute("aria-level", "2")
    page.keyboard.press("ArrowLeft")
    expect(tree.locator("[aria-selected=true]")).to_have_attribute("data-id", OUTER)
    page.keyboard.press("ArrowLeft")
    expect(items).to_have_count(3)


def test_theme_follows_the_system_and_the_switch(
    visit: Visit, file_page: Callable[..., str], chain: Path
) -> None:
    page = visit(file_page(chain), color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("#theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_panes_are_stacked_on_a_phone(visit: Visit, file_page: Callable[..., str], chain: Path) -> None:
    page = visit(file_page(chain), viewport={"width": 390, "height": 800})
    text, drawing = page.locator("#text-pane").bounding_box(), page.locator("#drawing-pane").bounding_box()
    assert text and drawing
    assert drawing["y"] + drawing["height"] <= text["y"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect_nodes(page, "first", "second", "third")


def test_help_lists_the_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("open every subgraph")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_drawing_is_saved_as_shown(page: Page) -> None:
    page.locator("#stage").focus()
    page.keyboard.press("e")
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("<svg") and "TensorsToSegmentationCalculator" in text and "<style>" in text


def test_drawing_is_saved_as_png(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename == "selfie.png"
    data = Path(download.value.path()).read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    size = page.locator(".world svg").evaluate(
        "svg => [svg.viewBox.baseVal.width, svg.viewBox.baseVal.height]"
    )
    assert [width, height] == [2 * size[0], 2 * size[1]]


@pytest.mark.parametrize("size", [(1400, 860), (390, 800)])
def test_details_do_not_cover_what_was_chosen(
    visit: Visit, file_page: Callable[..., str], selfie: Path, size: tuple[int, int]
) -> None:
    page = visit(file_page(selfie), viewport={"width": size[0], "height": size[1]})
    for node in sorted(shown_nodes(page)):
        page.keyboard.press("Escape")
        page.locator("#stage").focus()
        page.keyboard.press("0")
        page.wait_for_timeout(400)  # The drawing moves for a while.
        frame = box(page, node).locator(".frame").last
        before = frame.bounding_box()
        assert before
        page.mouse.click(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
        page.wait_for_timeout(100)
        after, card = frame.bounding_box(), page.locator("#inspector").bounding_box()
        assert after and card
        beside = after["x"] + after["width"] <= card["x"] or after["y"] + after["height"] <= card["y"]
        assert beside, node


def test_map_of_a_large_drawing_moves_it(page: Page) -> None:
    small = page.locator("#minimap")
    expect(small).to_be_hidden()
    page.locator("#stage").focus()
    page.keyboard.press("e")
    for _ in range(12):
        page.keyboard.press("+")
    expect(small).to_be_visible()
    before = page.locator(".world").evaluate("world => world.style.transform")
    small.click(position={"x": 5, "y": 5})
    expect(page.locator(".world")).not_to_have_attribute("style", re.compile(re.escape(before)))
    corner = page.locator("g.box").first.bounding_box()
    assert corner is not None and corner["x"] > -200 and corner["y"] > -200


def test_splitter_moves_by_pointer_and_keys(page: Page) -> None:
    bar = page.get_by_role("separator", name="Width of the text")
    before = page.locator("#text-pane").bounding_box()
    bar.focus()
    page.keyboard.press("ArrowRight")
    after = page.locator("#text-pane").bounding_box()
    assert before and after and after["width"] > before["width"]


def test_printing_shows_only_the_drawing(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.locator("header.bar")).to_be_hidden()
    expect(page.locator("#text-pane")).to_be_hidden()
    expect(page.locator(".world svg")).to_be_visible()
    page.locator("#theme").evaluate("(button) => button.click()")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_css("color", "rgb(29, 39, 51)")


def test_link_to_a_node_selects_it(visit: Visit, file_page: Callable[..., str], selfie: Path) -> None:
    address = file_page(selfie)
    inner = f"{OUTER}/InferenceCalculator"
    page = visit(f"{address}#{inner}")
    assert selected(page) == "InferenceCalculator"
    expect(box(page, inner)).to_be_in_viewport()
    page.locator("#breadcrumb button").nth(1).click()
    expect(page).to_have_url(f"{address}#{OUTER}")
    page.keyboard.press("Escape")
    expect(page).to_have_url(address)


def test_very_tall_drawing_opens_at_a_legible_scale(visit: Visit, file_page: Callable[..., str]) -> None:
    nodes = (
        f'node {{ calculator: "PassThroughCalculator" input_stream: "s{i}" output_stream: "s{i + 1}" }}'
        for i in range(300)
    )
    page = visit(file_page("\n".join(['input_stream: "s0"', *nodes])))
    expect(page.locator(".percent")).to_have_text(re.compile("^50 %"))
    first = page.locator("g.box").first.bounding_box()
    stage = page.locator("#stage").bounding_box()
    assert first and stage and stage["y"] <= first["y"] < stage["y"] + stage["height"]
    page.get_by_role("button", name="Fit").click()
    expect(page.locator(".percent")).to_have_text(re.compile("^[0-9] %"))
