"""Webhooks in the browser: from the form to the log, on the real stack with a real receiver."""

import re
from collections.abc import Iterator

import pytest
from journey import until
from playwright.sync_api import Page, expect

from webhook_receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_a_webhook_is_added_tried_repaired_and_deleted(page: Page, receiver: Receiver, stack) -> None:
    page.goto("/settings")
    page.get_by_role("link", name="See the webhooks").click()
    page.get_by_role("link", name="Add a webhook").click()
    page.get_by_role("textbox", name="Address").fill("http://10.0.0.1/hook")
    page.get_by_role("button", name="Add a webhook").click()
    expect(page.get_by_role("alert")).to_contain_text("not on the internet")

    page.get_by_role("textbox", name="Address").fill(receiver.url)
    page.get_by_label("Job paused").check()
    page.get_by_role("button", name="Add a webhook").click()
    secret = page.get_by_role("status").get_by_text(re.compile("^whsec_")).inner_text()
    page.get_by_role("link", name="Go to the webhook").click()
    expect(page.get_by_text("nothing sent yet")).to_be_visible()
    assert secret not in page.content()

    receiver.status, receiver.answer = 500, b"<img src=x onerror=alert(1)>"
    page.get_by_role("button", name="Send a test").click()
    opened = page.get_by_role("dialog")
    expect(opened.get_by_text("Answered with 500")).to_be_visible()
    expect(opened.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    expect(opened.get_by_text('"type": "webhook.test"')).to_be_visible()
    assert receiver.got[0].verified(secret)["type"] == "webhook.test"

    receiver.status = 204
    opened.get_by_role("button", name="Send it again").click()
    expect(opened.get_by_text("Answered with 204")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("working", exact=True)).to_be_visible()
    # The label is what is clicked; the input is hidden.
    page.locator("label", has_text=re.compile("^Failed$")).click()
    expect(page.get_by_text("Nothing has failed.")).to_be_visible()
    expect(page).to_have_url(re.compile("show=failed"))

    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_text("Nothing is sent to this webhook")).to_be_visible()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("button", name="Switch it off")).to_be_visible()
    page.get_by_role("button", name="Make a new secret").click()
    expect(page.get_by_text("The secret before this one works until")).to_be_visible()
    told_of_a_job(stack, receiver, secret)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it with its log").click()
    expect(page).to_have_url(re.compile("/settings/webhooks$"))
    expect(page.get_by_role("link", name=receiver.url)).to_have_count(0)


def told_of_a_job(stack, receiver: Receiver, secret: str) -> None:
    """A file that can't be read fails, and the receiver hears of it from the dispatcher."""
    with stack.api as api:
        answer = api.post("/datasets", files={"file": ("unreadable.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))})
        assert answer.status_code == 202, answer.text
    told = until(
        lambda: [got.verified(secret)["data"] for got in receiver.got if b'"job.failed"' in got.body],
        lambda found: any(data["dataset_id"] == answer.json()["id"] for data in found),
    )
    assert told[-1]["url"].startswith(f"{stack.url}/jobs/job_")
