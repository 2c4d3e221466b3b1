"""axe finds nothing on any page, on a wide screen in either theme, or on a phone."""

from pathlib import Path

import pytest
from pages import PAGES, SIGNED_OUT, WRITER_PAGES
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What the theme changes; all other rules find in a dark page what they find in a light one.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})"
# What a change of theme or size sets in motion begins with the next frame. A loader turns for ever: nothing is waited
# for longer than a second.
FINISHED = """new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    .then(() => Promise.race([
        Promise.allSettled(document.getAnimations().map(({finished}) => finished)),
        new Promise(resolve => setTimeout(resolve, 1000)),
    ]))"""
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOOKS = [(WIDE, "light", STANDARDS), (WIDE, "dark", COLOURS), (PHONE, "light", STANDARDS)]


def violations(page: Page, rules: dict) -> list[str]:
    """What axe objects to by these rules, one line per element."""
    found = page.evaluate(RUN, rules)["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def settled(page: Page) -> None:
    """Loaded, without a skeleton, and with nothing fading in."""
    page.locator("main h1").wait_for()
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=20_000)
    page.evaluate(f"{FINISHED}.then(() => null)")


def look(page: Page, address: str) -> list[str]:
    found = []
    page.goto(address)
    page.evaluate(AXE.read_text())
    for size, theme, rules in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        settled(page)
        where = f"{address} ({theme}, {size['width']} px)"
        found += [f"{where} {line}" for line in violations(page, rules)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{where} scrolls sideways")
    return found


@pytest.mark.timeout(900)
def test_axe_finds_nothing(browser, stack, page, sample, writing):
    addresses = [sample.address(name) for name in PAGES] + [writing.address(name) for name in WRITER_PAGES]
    found = [line for address in addresses for line in look(page, address)]
    stranger = browser.new_context(base_url=stack.url, locale="en-US").new_page()
    found += [line for name in SIGNED_OUT for line in look(stranger, sample.address(name))]
    stranger.context.close()
    assert not found, "\n".join(found)
