"""The main job by browser, on the real stack: nobody writes code here."""

import csv
import re
from pathlib import Path

from browsing import EMAIL, PASSWORD, complaints_of
from journey import ended, submit
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
TICKETS = ROOT / "examples" / "support-tickets.csv"
HOSTILE = '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>'


def test_from_a_spreadsheet_to_a_downloaded_batch(page, tmp_path):
    page.goto("/")
    page.set_input_files("input[type=file]", TICKETS)
    page.get_by_role("link", name="Fine-tune").click(timeout=60_000)
    expect(page.get_by_text("551 rows")).to_be_visible()
    expect(page.get_by_label("Answer", exact=True)).to_have_value("category")
    page.get_by_role("button", name="Start").click()

    expect(page).to_have_url(re.compile("/jobs/job_"))
    expect(page.get_by_role("log")).to_contain_text("held out", timeout=120_000)
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("held out")
    page.get_by_role("link", name="Open the model").click(timeout=240_000)

    expect(page.get_by_text(re.compile(r"of 10\d rows it never saw"))).to_be_visible()
    expect(page.get_by_text("A simple word counter")).to_be_visible()
    page.get_by_role("button", name="Deploy").click()
    page.get_by_label("Name", exact=True).fill("by-browser")
    page.get_by_role("button", name="Deploy").click()

    expect(page.get_by_text("ready", exact=True)).to_be_visible(timeout=60_000)
    page.get_by_role("textbox", name="body").fill("My card was charged twice")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text(re.compile("more classes"))).to_be_visible()
    expect(page.get_by_text("billing").first).to_be_visible()
    expect(page.get_by_text("/api/v1/deployments/by-browser/predict")).to_be_visible()
    ask_a_whole_sheet(page, tmp_path)
    delete_all_of_it(page)


def ask_a_whole_sheet(page, folder):
    sheet = folder / "monday.csv"
    sheet.write_text("id,subject,body\n7,Charged twice,My card was charged twice\n8,Parcel,Where is my parcel?\n")
    page.get_by_role("tab", name="Batch").click()
    page.set_input_files("input[type=file]", sheet)
    with page.expect_download() as download:
        page.get_by_role("row").filter(has_text="monday.csv").get_by_role("link", name="Download").click(
            timeout=120_000
        )
    with download.value.path().open(encoding="utf-8-sig", newline="") as stream:
        answers = list(csv.DictReader(stream))
    assert download.value.suggested_filename == "monday-predictions.csv"
    assert (answers[0]["id"], answers[0]["prediction"]) == ("7", "billing")
    assert all(0 < float(row["confidence"]) <= 1 for row in answers)


def delete_all_of_it(page):
    """Here, because the other tests share what they look at."""
    page.get_by_role("tab", name="History").click()
    page.get_by_role("button", name="Delete this deployment").click()
    page.get_by_role("button", name="Delete “by-browser” for good").click()
    expect(page).to_have_url(re.compile("/deployments$"))
    page.goto("/models")
    page.get_by_role("link", name="support-tickets").first.click()
    page.get_by_role("button", name="More about this model").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page).to_have_url(re.compile("/models$"))


def test_a_row_stays_text_wherever_it_goes(page, stack, sample, tmp_path):
    sheet = tmp_path / "hostile.csv"
    with sheet.open("w", newline="") as stream:
        rows = [[f"{HOSTILE} {('refund', 'parcel')[n % 2]} {n}", (HOSTILE, "fine")[n % 2]] for n in range(60)]
        csv.writer(stream).writerows([["text", "label"], *rows])
    page.goto("/datasets")
    page.set_input_files("input[type=file]", sheet)
    expect(page.get_by_text("<img src=x").first).to_be_visible(timeout=60_000)
    with stack.api as api:
        dataset = {"id": re.search("ds_[a-z0-9]+", page.url)[0]}
        job = ended(api, submit(api, dataset, name=HOSTILE[:60], columns={"text": "text", "label": "label"})["id"])
        assert job["status"] == "succeeded", job
        version = api.get(f"/model-versions/{job['model_version_id']}").json()
    model = f"/models/{version['model_id']}/versions/{version['number']}"
    for tab in ("quality", "rows", "origin", "card"):
        page.goto(f"{model}?tab={tab}")
        expect(page.get_by_role("main").get_by_text("<img src=x").first).to_be_visible()
    page.goto(f"/deployments/{sample.deployment}")
    page.get_by_role("textbox", name="body").fill(HOSTILE)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("button", name=re.compile("<img src=x"))).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_a_refusal_says_where_and_what_to_do(page, tmp_path):
    sheet = tmp_path / "empty.csv"
    sheet.write_text("")
    page.goto("/datasets")
    page.set_input_files("input[type=file]", sheet)
    expect(page.get_by_role("alert")).to_be_visible(timeout=60_000)


def test_language_and_theme_are_remembered(page):
    page.goto("/settings")
    page.get_by_text("简体中文").click()
    page.get_by_text("深色").click()
    page.reload()
    expect(page.get_by_role("heading", name="设置")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_signing_out_leads_to_the_sign_in_page_and_back(browser, stack, account):
    context = browser.new_context(base_url=stack.url, locale="en-US")
    page = context.new_page()
    complaints = complaints_of(page)
    page.goto("/jobs")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/jobs$"))
    page.goto("/settings")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/datasets")
    expect(page).to_have_url(re.compile("/sign-in"))
    context.close()
    assert complaints == []
