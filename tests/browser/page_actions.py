"""User actions on the page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def box(page: Page, node: str) -> Locator:
    """The node, or open subgraph, in the drawing."""
    return page.locator(f'g.box[data-id="{node}"]')


def click_node(page: Page, node: str) -> None:
    """Click the title of a node."""
    box(page, node).locator("text.title").first.click()


def lit_lines(page: Page) -> list[int]:
    """The highlighted line numbers: the lines of the selected node."""
    page.wait_for_timeout(50)  # The lines are painted in the next frame.
    return [int(text) for text in page.locator(".number.lit").all_inner_texts()]


def caret_to(page: Page, text: str) -> None:
    """Click into the first line of the open text that has `text` in it."""
    area = page.locator("#text-body textarea")
    area.evaluate(
        """(area, text) => {
          const at = area.value.indexOf(text);
          area.focus();
          area.setSelectionRange(at, at);
          area.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        }""",
        text,
    )


def replace(page: Page, old: str, new: str) -> None:
    """Select the first `old` in the open text and type `new` over it."""
    area = page.locator("#text-body textarea")
    area.evaluate(
        """(area, old) => {
          const at = area.value.indexOf(old);
          area.focus();
          area.setSelectionRange(at, at + old.length);
        }""",
        old,
    )
    page.keyboard.insert_text(new)


def selected(page: Page) -> str:
    """The last part of the breadcrumb."""
    return page.locator("#breadcrumb [aria-current]").inner_text()


def shown_nodes(page: Page) -> set[str]:
    """The ids of all boxes of nodes in the drawing."""
    return set(page.locator("g.box:is(.node, .group)").evaluate_all("all => all.map((g) => g.dataset.id)"))


def expect_nodes(page: Page, *nodes: str) -> None:
    """Wait until each of these nodes is drawn."""
    for node in nodes:
        expect(box(page, node)).to_be_attached()


def expect_in_view(page: Page, node: str) -> None:
    """Wait until the whole node is visible.

    The drawing is scaled, so its boxes have fractional pixels and the browser's ratio may be just below 1.
    """
    expect(box(page, node)).to_be_in_viewport(ratio=0.99)
