"""What surrounds the pages: first run, search, news, settings and two browsers."""

import re

import httpx
import pytest
from browsing import PASSWORD, complaints_of
from faults import FaultyPlatform
from playwright.sync_api import Browser, Page, expect
from stack import Stack


def test_the_first_run_in_chinese_is_three_clicks_from_training(browser: Browser, platform: FaultyPlatform):
    """On a platform where nobody has signed in, from the setup to an answer."""
    # By the name of its file it is the first of this platform's tests, so the home page still asks for a table.
    stack = platform.stack
    page = browser.new_context(base_url=stack.url, locale="zh-CN").new_page()
    complaints = complaints_of(page)
    page.goto("/")
    page.get_by_label("邮箱").fill("ming@example.com")
    page.get_by_label("密码").first.fill(PASSWORD)
    page.get_by_label("工作区").fill("星苗")
    page.get_by_role("button", name="创建工作区").click()
    expect(page.get_by_text("把表格拖到这里")).to_be_visible()

    page.get_by_role("button", name="用示例数据试一试").click()
    page.get_by_role("link", name="微调").first.click(timeout=60_000)
    expect(page.get_by_text("CPU，").first).to_be_visible(timeout=60_000)
    assert english(page) == []
    page.get_by_role("button", name="开始").click(timeout=60_000)
    expect(page).to_have_url(re.compile("/jobs/job_"))

    page.get_by_role("link", name="打开模型").wait_for(timeout=240_000)
    expect(page.get_by_role("definition").get_by_text("在验证行上")).to_be_visible()
    assert english(page) == []
    page.get_by_role("link", name="打开模型").click()
    expect(page.get_by_text("简单的词频模型").first).to_be_visible()
    page.get_by_role("tab", name="卡片与文件").click()
    expect(page.get_by_role("heading", name="局限")).to_be_visible()
    page.add_style_tag(content="pre { display: none }")
    assert english(page) == []
    page.get_by_role("button", name="部署").first.click()
    page.get_by_label("名称", exact=True).fill("gongdan")
    page.get_by_role("button", name="部署").last.click()
    expect(page.get_by_text("就绪", exact=True).first).to_be_visible(timeout=60_000)
    page.get_by_role("textbox", name="body").fill("My card was charged twice")
    page.get_by_role("button", name="提问").click()
    expect(page.get_by_text("billing").first).to_be_visible()
    assert complaints == []
    sign_out_everywhere(browser, stack, page)
    page.context.close()


def english(page: Page) -> list[str]:
    """What reads like a sentence that was left in English."""
    return re.findall(r"(?:[a-z]+ ){3,}[a-z]+", page.get_by_role("main").inner_text())


def sign_out_everywhere(browser: Browser, stack: Stack, page: Page) -> None:
    """Here, because it ends the sessions that the other tests use."""
    other = browser.new_context(base_url=stack.url, locale="zh-CN").new_page()
    other.goto("/sign-in")
    other.get_by_label("邮箱").fill("ming@example.com")
    other.get_by_label("密码").first.fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("heading", name="首页")).to_be_visible()
    page.goto("/settings")
    expect(page.get_by_role("table", name="登录的浏览器").get_by_role("row")).to_have_count(3)
    expect(page.get_by_text("当前", exact=True)).to_have_count(1)
    page.get_by_role("button", name="全部退出登录").click()
    for signed_out in (page, other):
        expect(signed_out).to_have_url(re.compile("/sign-in"), timeout=30_000)
    other.context.close()


@pytest.fixture
def other_browser(browser: Browser, stack, account) -> Page:
    """The same person in a second browser."""
    context = browser.new_context(base_url=stack.url, locale="en-US", storage_state=account)
    yield context.new_page()
    context.close()


def test_two_browsers_hear_of_it_and_it_is_seen_in_both(page: Page, other_browser: Page, stack):
    for browser in (page, other_browser):
        browser.goto("/models")
        expect(browser.get_by_role("heading", name="Models")).to_be_visible()
    with stack.api as api:
        answer = api.post("/datasets", files={"file": ("nothing-in-it.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))})
        assert answer.status_code == 202, answer.text
    news = page.get_by_role("status").get_by_role("link", name=re.compile("nothing-in-it"))
    expect(news).to_contain_text("failed", timeout=30_000)
    for browser in (page, other_browser):
        expect(browser.get_by_role("button", name=re.compile(r"Notifications, \d+ new"))).to_be_visible(timeout=30_000)

    page.get_by_role("button", name=re.compile("Notifications")).click()
    expect(page.get_by_role("dialog").get_by_text("nothing-in-it").first).to_be_visible()
    page.keyboard.press("Escape")
    other_browser.reload()
    expect(other_browser.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    other_browser.get_by_role("button", name="Notifications", exact=True).click()
    expect(other_browser.get_by_role("dialog").get_by_text("nothing-in-it").first).to_be_visible()


def test_search_opens_what_was_found_by_keyboard(page: Page, sample):
    page.goto("/")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.keyboard.press("Control+k")
    search = page.get_by_role("dialog").locator("input")
    search.fill(sample.deployment)
    expect(page.get_by_role("group", name="Deployments").get_by_role("option").first).to_be_visible()
    search.fill(sample.dataset)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/datasets/{sample.dataset}"))


def test_a_key_is_shown_once_may_what_was_ticked_and_ends_when_revoked(page: Page, stack):
    page.goto("/settings")
    page.get_by_label("What it is for").fill("reader")
    page.get_by_label("Works for").select_option(label="30 days")
    page.get_by_label("predict").uncheck()
    page.get_by_role("button", name="Make a key").click()
    key = page.get_by_text(re.compile("^ty_")).inner_text()

    def status(method: str, path: str) -> int:
        headers = {"authorization": f"Bearer {key}"}
        return httpx.request(method, f"{stack.url}/api/v1{path}", headers=headers, trust_env=False).status_code

    assert status("GET", "/datasets") == 200
    assert status("POST", "/jobs") == 403
    page.reload()
    expect(page.get_by_text("reader")).to_be_visible()
    expect(page.get_by_text(key)).to_be_hidden()
    page.get_by_role("row", name=re.compile("reader")).get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name=re.compile("reader"))).to_contain_text("revoked")
    assert status("GET", "/datasets") == 401
