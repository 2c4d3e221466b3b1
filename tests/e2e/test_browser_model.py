"""The model page by browser: from the verdict to the rows behind a cell, and two versions side by side."""

import re

from playwright.sync_api import expect


def test_from_the_verdict_to_the_rows_of_a_cell(page, sample):
    page.goto(f"/models/{sample.model}")
    expect(page).to_have_url(re.compile("/versions/2$"))
    expect(page.get_by_text(re.compile(r"^Right [\d.]+ % of the time on \d+ texts it never saw"))).to_be_visible()
    bars = page.get_by_role("figure", name=re.compile("^Right answers"))
    bars.get_by_role("button", name="Show as a table").click()
    expect(bars.get_by_role("cell", name="A simple word counter")).to_be_visible()
    with page.expect_download() as saved:
        bars.get_by_role("button", name="Save").click()
        page.get_by_role("menuitem", name="Save as CSV").click()
    assert "A simple word counter" in saved.value.path().read_text("utf-8-sig")

    matrix = page.get_by_role("figure", name=re.compile("^Down"))
    with page.expect_download() as saved:
        matrix.get_by_role("button", name="Save").click()
        page.get_by_role("menuitem", name="Save as PNG").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    cells = matrix.get_by_role("link")
    cells.first.focus()
    page.keyboard.press("ArrowRight")
    count = cells.nth(1).get_attribute("aria-label").rsplit(": ", 1)[1].split()[0]
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"tab=rows&label=.+&predicted="))
    expect(page.get_by_text(f"1–{count} of {count}")).to_be_visible()
    page.reload()
    expect(page.get_by_text(f"1–{count} of {count}")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="What it mixes up")).to_be_visible()


def test_where_it_comes_from_its_card_and_its_files(page, sample):
    page.goto(f"/models/{sample.model}/versions/2?tab=origin")
    expect(page.get_by_role("link", name="support-tickets.csv")).to_be_visible()
    expect(page.get_by_text("Not deployed yet")).to_be_visible()
    page.get_by_role("tab", name="Card and files").click()
    expect(page.get_by_role("heading", name="Intended use")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download: ONNX").click()
    assert saved.value.suggested_filename == "Support-tickets-v2-onnx.zip"


def test_two_versions_side_by_side(page, sample):
    page.goto(f"/models/{sample.model}/versions/2?tab=versions")
    page.get_by_role("link", name="v2 with v1").click()
    expect(page).to_have_url(re.compile("/versions/2/compare/1$"))
    expect(page.get_by_text(re.compile("They took different exams"))).to_be_visible()
    page.get_by_text(re.compile(r"^Broken \d+$")).click()
    expect(page).to_have_url(re.compile(r"change=broken"))
    expect(page.get_by_text("Right in v1, wrong in v2", exact=False)).to_be_visible()


def test_rename_and_a_refusal_to_delete_what_is_in_use(page, sample):
    page.goto(f"/models/{sample.model}/versions/2")
    for name in ("renamed-model", "Support tickets"):
        page.get_by_role("button", name="Rename").click()
        page.get_by_role("textbox", name="Name").fill(name)
        page.get_by_role("textbox", name="Name").press("Enter")
        expect(page.get_by_role("heading", name=f"{name} v2")).to_be_visible()

    page.get_by_role("button", name="More about this model").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("link", name=sample.deployment, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Delete it for good")).to_have_count(0)
