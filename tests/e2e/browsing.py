"""A signed-in browser on the real stack, for the tests that look at the screens."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import chromium
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

import tuneyard

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
EXPECTED = re.compile(r"responded with a status of 4\d\d|ERR_INTERNET_DISCONNECTED")
# A machine that trains has little time for a browser.
PATIENCE_MS = 30_000
EMAIL, PASSWORD = "ada@example.com", "correct horse battery staple"


@pytest.fixture(scope="session")
def needs_browser() -> str:
    """The path of Chromium; skips where there is none, or no built web UI."""
    path = chromium.find()
    if path is None:
        pytest.skip(chromium.MISSING)
    if not (Path(tuneyard.__path__[0]) / "static" / "index.html").exists():
        pytest.skip("The web UI is not built; frontend/build.sh builds it.")
    return path


@pytest.fixture(scope="session")
def browser(needs_browser) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs_browser, args=ARGUMENTS)
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def account(browser, stack) -> dict:
    """Makes the first account through the setup page; returns the browser's cookies."""
    context = browser.new_context(base_url=stack.url, locale="en-US")
    page = context.new_page()
    page.goto("/datasets")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").first.fill("too short")
    page.get_by_label("Workspace").fill("Acme")
    page.get_by_role("button", name="Create the workspace").click()
    expect(page).to_have_url(re.compile("/setup$"))
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Create the workspace").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible(timeout=60_000)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser, stack, account) -> Iterator[Page]:
    """A signed-in page; whatever it complains about (scripts, content security policy) fails the test."""
    with signed_in(browser, stack.url, account, EXPECTED) as page:
        yield page


@contextmanager
def signed_in(browser: Browser, url: str, account: dict, expected: re.Pattern[str]) -> Iterator[Page]:
    """A page whose complaints fail the test, unless they are expected."""
    context = browser.new_context(base_url=url, locale="en-US", storage_state=account)
    page = context.new_page()
    complaints = complaints_of(page)
    yield page
    context.close()
    # Chromium reports every refused or failed request; those are answered on the page.
    assert [complaint for complaint in complaints if not expected.search(complaint)] == []


def complaints_of(page: Page) -> list[str]:
    """Whatever the page has to complain about from now on (requests, scripts, content security policy)."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints
