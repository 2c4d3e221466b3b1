"""What a person reads when the server refuses or breaks: a sentence with a next step, provoked on the real stack."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from browsing import EMAIL, PASSWORD, signed_in
from journey import until
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

# Here the server breaks on purpose.
EXPECTED = re.compile(r"responded with a status of [45]\d\d")


@pytest.fixture
def page(browser, stack, account) -> Iterator[Page]:
    with signed_in(browser, stack.url, account, EXPECTED) as page:
        yield page


@contextmanager
def changed(stack, change: str, back: str, role: str = "tuneyard_system") -> Iterator[None]:
    """The platform's database after one statement, until the other undoes it."""
    engine = create_engine(stack.run_state()["environment"]["TUNEYARD_DATABASE_URL"], isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"SET ROLE {role}"))
        connection.execute(text(change))
        try:
            yield
        finally:
            connection.execute(text(back))
    engine.dispose()


def says(page: Page, *words: str) -> None:
    """The page shows one alert with all of these words, and no number of a status."""
    alert = page.get_by_role("alert").filter(has_text=words[0])
    expect(alert).to_be_visible(timeout=30_000)
    for word in words[1:]:
        expect(alert).to_contain_text(word)
    expect(alert).not_to_contain_text(re.compile(r"\b[45]\d\d\b"))


def deploy_as(page: Page, sample, name: str) -> None:
    page.goto(f"/models/{sample.model}/versions/{sample.number}")
    page.get_by_role("button", name="Deploy").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("region", name="Give it an address").get_by_role("button", name="Deploy").click()


def test_403_says_whom_to_ask(page, stack):
    role = "UPDATE memberships SET role = '{}' WHERE role = '{}'"
    page.goto("/settings")
    page.get_by_label("What it is for").fill("refused")
    with changed(stack, role.format("viewer", "owner"), role.format("owner", "viewer")):
        page.get_by_role("button", name="Make a key").click()
        says(page, "You may not do this. Ask an owner or admin of the workspace.")


def test_404_leads_home(page):
    page.goto("/datasets/ds_nothing")
    says(page, "Check the address, or start from home.")


def test_409_offers_another_way(page, sample):
    deploy_as(page, sample, sample.deployment)
    says(page, "This name is taken. Choose another.", f"Let this version answer at “{sample.deployment}”")


def test_422_names_the_field_and_the_cure(page, sample):
    deploy_as(page, sample, "Not an address")
    field = page.get_by_label("Name", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Use 1 to 63 lower-case letters, digits and dashes")).to_be_visible()
    page.goto("/settings")
    page.get_by_label("New password").fill("another long password")
    page.get_by_label("Current password").last.fill("not the password")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("The current password is wrong.")).to_be_visible()


def test_429_says_to_wait(browser, stack, account):
    wrong = {"email": "guessing@example.com", "password": "a wrong password"}
    forget = "DELETE FROM login_attempts"  # other tests have tried wrong passwords from the same address
    with changed(stack, forget, forget):
        for _ in range(10):
            answer = httpx.post(f"{stack.url}/api/v1/session", json=wrong, trust_env=False)
            assert answer.status_code == 401
        with signed_in(browser, stack.url, {}, EXPECTED) as page:
            page.goto("/sign-in")
            page.get_by_label("Email").fill(EMAIL)
            page.get_by_label("Password").first.fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            says(page, "Too many failed tries. Wait a few minutes, then try again.", "15 minutes")


def test_500_says_that_it_is_not_the_readers_fault(page, stack):
    break_it, mend_it = "ALTER TABLE api_keys RENAME TO mislaid", "ALTER TABLE mislaid RENAME TO api_keys"
    with changed(stack, break_it, mend_it, role="none"):
        page.goto("/settings")
        says(page, "The server made a mistake. Try again; if it stays so, its log has the cause.")
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("table", name=re.compile("keys", re.IGNORECASE))).to_be_visible()


def test_503_says_to_try_again_in_seconds(page, stack, sample):
    page.goto(f"/deployments/{sample.deployment}")
    page.get_by_role("textbox", name="body").fill("My card was charged twice")
    serving = next(part["pid"] for part in stack.run_state()["parts"] if part["name"] == "serving")
    os.kill(serving, signal.SIGKILL)
    page.get_by_role("button", name="Ask").click()
    says(page, "in a few seconds")
    ask = {"inputs": ["My card"]}
    with stack.api as api:
        url = f"/deployments/{sample.deployment}/predict"
        until(lambda: api.post(url, json=ask).status_code, lambda status: status == 200, timeout=60)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text(re.compile("more classes"))).to_be_visible()
