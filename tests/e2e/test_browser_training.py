"""Choosing and watching a fine-tune by browser, on the real stack."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from journey import ended, submit, upload
from playwright.sync_api import expect
from relay import Relay

TICKETS = Path(__file__).parents[2] / "examples" / "support-tickets.csv"


@pytest.fixture(scope="module")
def tickets(stack):
    return upload(stack.api, TICKETS, "training-by-browser")


@pytest.fixture
def relay(stack):
    relay = Relay(urlsplit(stack.url).port)
    yield relay
    relay.close()


def test_the_choices_live_in_the_address(page, tickets):
    page.goto(f"/datasets/{tickets['id']}")
    page.get_by_role("link", name="Fine-tune").click()
    expect(page.get_by_text("Sort texts into")).to_be_visible()
    expect(page.get_by_role("radio", name="all-MiniLM-L6-v2")).to_be_checked()
    expect(page.get_by_role("radio", name="Fast")).to_be_checked()
    for name in ("Fast", "Balanced", "Best"):
        expect(page.get_by_role("radio", name=name)).to_contain_text(re.compile("About .* of memory"))

    page.get_by_role("radio", name="Balanced").click()
    page.get_by_label("Answer", exact=True).select_option("")
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    page.get_by_label("Answer", exact=True).select_option("subject")
    expect(page.get_by_label("Answer", exact=True)).to_have_attribute("aria-invalid", "true")
    page.reload()
    expect(page.get_by_role("radio", name="Balanced")).to_be_checked()
    expect(page.get_by_label("Answer", exact=True)).to_have_value("subject")
    expect(page.get_by_text("is given twice")).to_be_visible()


def test_the_advanced_panel_is_drawn_from_the_schema(page, tickets):
    page.goto(f"/datasets/{tickets['id']}/fine-tune?preset=best")
    epochs = page.get_by_label("Epochs", exact=True)
    expect(page.get_by_role("radio", name="Best")).to_be_checked()
    expect(epochs).not_to_be_attached()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(epochs).to_have_value("6 epochs")
    epochs.fill("99")
    expect(page.get_by_text("Must be between 1 – 50.")).to_be_visible()
    page.reload()
    expect(epochs).to_have_value("99 epochs")
    page.get_by_role("button", name="Reset").click()
    expect(epochs).to_have_value("6 epochs")
    page.get_by_role("button", name="Hide").click()


def test_a_lost_connection_a_lost_network_and_a_reload_lose_and_double_nothing(browser, stack, account, relay, tickets):
    job = submit(stack.api, tickets, name="watched")
    context = browser.new_context(base_url=relay.url, locale="en-US", storage_state=account)
    page = context.new_page()
    page.goto(f"/jobs/{job['id']}")
    log = page.get_by_role("log")
    expect(log).to_contain_text("Started.", timeout=60_000)
    relay.cut()
    expect(page.get_by_text("The connection is lost")).to_be_visible(timeout=30_000)
    relay.mend()
    expect(page.get_by_text("The connection is lost")).to_be_hidden(timeout=30_000)
    context.set_offline(True)
    expect(page.get_by_text("You are offline")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("You are offline")).to_be_hidden()
    assert ended(stack.api, job["id"], timeout=600)["status"] == "succeeded"
    expect(log).to_contain_text("Done.")
    lines = told(stack.api, job["id"])
    expect(log.locator("> div")).to_have_count(lines)
    page.reload()
    expect(log.locator("> div")).to_have_count(lines)

    expect(page.get_by_role("link", name="Open the model")).to_be_visible()
    expect(page.get_by_text("At most")).to_contain_text("of memory so far")
    loss = page.get_by_role("figure", name="Loss")
    expect(loss.locator("svg[role=img]")).to_contain_text("step")
    loss.get_by_role("button", name="Show as a table").click()
    expect(loss.get_by_role("row")).to_have_count(1 + points(stack.api, job["id"]))
    context.close()


def test_a_failure_says_why_and_leads_to_the_rows_and_the_choices(page, stack, tmp_path):
    sheet = tmp_path / "silent.csv"
    rows = "\n".join(f"{'some words here ' + str(row) if row < 4 else ''},{'ab'[row % 2]}" for row in range(40))
    sheet.write_text(f"text,label\n{rows}\n")
    dataset = upload(stack.api, sheet, "silent-rows")
    job = submit(stack.api, dataset, columns={"text": ["text"], "label": "label"})
    page.goto(f"/jobs/{job['id']}")
    failure = page.get_by_role("alert")
    expect(failure).to_contain_text("with both a text and a label", timeout=120_000)
    expect(failure).to_contain_text("Add rows, or choose other columns.")
    expect(failure.get_by_role("link", name="See the rows")).to_have_attribute(
        "href", f"/datasets/{dataset['id']}?tab=report&version=1"
    )
    expect(page.get_by_role("button", name="Start again")).to_be_visible()
    failure.get_by_role("link", name="Change the choices").click()
    expect(page.get_by_label("Answer", exact=True)).to_have_value("label")

    page.goto(f"/datasets/{dataset['id']}")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    uses = page.get_by_role("dialog")
    expect(uses).to_contain_text("because 1 job learned from it")
    expect(uses.get_by_role("link", name="silent-rows")).to_have_attribute("href", f"/jobs/{job['id']}")
    expect(uses.get_by_role("button", name="Delete")).to_have_count(0)


def told(api, job_id):
    """How many lines the log of a job has: what the trainer said, and every change of the state."""
    events = api.get(f"/jobs/{job_id}/events", params={"limit": 1000}).json()["data"]
    return sum(event["type"] == "log" or "status" in event["data"] for event in events)


def points(api, job_id):
    """At how many steps a loss was measured."""
    events = api.get(f"/jobs/{job_id}/events", params={"limit": 1000}).json()["data"]
    return sum(event["type"] == "metrics" and "train_loss" in event["data"]["values"] for event in events)
