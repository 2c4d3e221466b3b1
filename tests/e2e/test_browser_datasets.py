"""The dataset page by browser: choosing between readings, finding rows, versions, renaming and deleting."""

import re

from playwright.sync_api import Page, expect

READ_SECONDS = 60_000


def upload(page: Page, path) -> str:
    page.goto("/datasets")
    page.set_input_files("input[type=file]", path)
    page.wait_for_url(re.compile(r"/datasets/ds_"), timeout=READ_SECONDS)
    return page.url.split("?")[0]


def test_an_uncertain_header_is_chosen_from_two_previews(page, tmp_path):
    sheet = tmp_path / "no-header.csv"
    rows = [f"I wait for card number {n},{('arrival', 'lost')[n % 2]}" for n in range(40)]
    sheet.write_text("\n".join(rows) + "\n")
    address = upload(page, sheet)
    question = page.get_by_role("region", name="How is the file to be read?")
    previews = question.get_by_role("table", name=re.compile("First rows"))
    expect(previews).to_have_count(2, timeout=READ_SECONDS)
    expect(question.get_by_role("columnheader", name="column_1")).to_be_visible()
    expect(question.get_by_role("columnheader", name="I wait for card number 0")).to_be_visible()
    question.get_by_role("button", name="Read it this way").click()
    expect(page.get_by_text(re.compile("v2 · "))).to_be_visible(timeout=READ_SECONDS)
    expect(question).to_have_count(0)

    page.goto(f"{address}?tab=versions")
    expect(page.get_by_text(re.compile("read again"))).to_be_visible()
    expect(page.get_by_text(re.compile("the first row (is data|holds)"))).to_be_visible()
    page.get_by_role("link", name="v1").click()
    expect(page.get_by_text("This is version 1. The newest is version 2.")).to_be_visible()


def test_the_report_leads_to_its_rows_and_the_table_to_any(page, tmp_path):
    sheet = tmp_path / "long.csv"
    rows = [f"text number {n},{'' if n in (7, 19_876) else 'ab'[n % 2]}" for n in range(1, 20_001)]
    sheet.write_text("text,label\n" + "\n".join(rows) + "\nbroken line\n")
    address = upload(page, sheet)
    page.get_by_role("button", name="Open the report").click(timeout=READ_SECONDS)
    expect(page.get_by_text("Has 1 cell where 2 are expected.", exact=True)).to_be_visible()
    page.get_by_role("button", name="Show 2 rows").click()
    table = page.get_by_role("table", name="Rows")
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_text("text number 19876")).to_be_visible()
    found = page.url
    page.get_by_role("button", name="Open row 19,876").click()
    expect(page.get_by_role("dialog", name="Row 19,876")).to_contain_text("text number 19876")
    page.goto(found)
    expect(table.get_by_role("row")).to_have_count(3)

    page.goto(address)
    expect(table.get_by_text("text number 1", exact=True)).to_be_visible()
    page.get_by_role("region", name="Rows").evaluate("region => region.scrollTo(0, region.scrollHeight)")
    expect(table.get_by_text("text number 20000")).to_be_visible(timeout=30_000)


def test_the_safe_repairs_make_a_new_version(page, tmp_path):
    sheet = tmp_path / "untidy.csv"
    rows = [f"I wait for parcel {n},{('late', 'lost')[n % 2]}" for n in range(40)]
    sheet.write_text(
        "\n".join(["text,label", *rows, rows[0], "Fish &amp; chips are cold,late", "No label here,"]) + "\n"
    )
    address = upload(page, sheet)
    page.get_by_role("button", name="Fix the safe ones").click(timeout=READ_SECONDS)
    expect(page).to_have_url(re.compile("repairing=true"))
    page.get_by_role("checkbox", name="Remove rows without a label · 1 row").uncheck()
    page.get_by_role("button", name="Make the repaired version").click()
    expect(page.get_by_text(re.compile("v2 · 42 rows"))).to_be_visible(timeout=READ_SECONDS)
    expect(page.get_by_role("table", name="Rows that the repairs removed")).to_contain_text("It repeats row 1 exactly.")
    page.goto(f"{address}?tab=versions")
    expect(page.get_by_text("Version 1, repaired")).to_be_visible()
    expect(page.get_by_text(re.compile("Remove exact copies of earlier rows: 1"))).to_be_visible()
    page.goto(f"{address}?version=1")
    expect(page.get_by_text(re.compile("v1 · 43 rows"))).to_be_visible()


def test_a_dataset_is_renamed_and_deleted(page, tmp_path):
    sheet = tmp_path / "short-lived.csv"
    sheet.write_text("text,label\n" + "".join(f"some text {n},{'ab'[n % 2]}\n" for n in range(30)))
    upload(page, sheet)
    page.get_by_role("button", name="Rename").click(timeout=READ_SECONDS)
    page.get_by_role("textbox", name="Name").fill("工单 2026")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="工单 2026")).to_be_visible()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile("/datasets$"))
    expect(page.get_by_text("工单 2026")).to_have_count(0)
