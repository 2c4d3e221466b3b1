"""`make screenshots`: pictures of every page for docs/screens/, and a short moving one of the journey.

Starts a stack of its own, fills it with the sample data and takes it down again.
"""

import csv
import io
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import chromium
from browsing import ARGUMENTS, EMAIL, PASSWORD
from pages import PAGES, SIGNED_OUT, TICKETS, WRITER_PAGES, Sample, make_sample
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from stack import ROOT, Stack, running
from writing import Writing, teach

FOLDER = ROOT / "docs" / "screens"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
TALLEST = 2400
COLOURS = 128
SETTLE_MS = 600
CHINESE = ("home", "dataset", "model", "settings", "writer-model", "writer-card")
LOOKS = {
    "": {"viewport": WIDE, "color_scheme": "light"},
    "-dark": {"viewport": WIDE, "color_scheme": "dark"},
    "-phone": {"viewport": PHONE, "color_scheme": "light"},
    "-phone-dark": {"viewport": PHONE, "color_scheme": "dark"},
}
WRITER = "smollm2-135m-instruct"
QUICKLY = {"time_budget_seconds": 300, "exam_answers": 12, "answer_length": 64}
QUESTION = "Hi, I was charged twice for my order this month. Can you help?"
# What support would write about a ticket of each category.
REPLIES = {
    "billing": "Thank you for telling us. I have looked at the invoice and will send you a corrected one today.",
    "shipping": "I am sorry about the delay. Your parcel is on its way; I will send you the tracking number.",
    "bug": "Thank you for the report. Our engineers can see it too, and I will write as soon as it is fixed.",
    "refund": "I understand. The money is on its way back to you and arrives within five working days.",
    "login": "I am sorry that you can't get in. Please use the link I have just sent you to set a new password.",
    "feature request": "That is a good idea. I have passed it on to the team and will tell you what becomes of it.",
    "cancellation": "I have cancelled it for you, and nothing more will be charged. You are always welcome back.",
}
FRAME_MS, LAST_FRAME_MS = 1400, 3000
FRAME_SIZE = (960, 600)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = chromium.find()
    if path is None:
        sys.exit(chromium.MISSING)
    if not chromium.writes_chinese():
        sys.exit(f"No font here has Chinese letters: install one, as Debian's {chromium.FONT}.")
    with running() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        account = record_journey(browser, stack)
        with stack.api as api:
            sample = make_sample(api, "Support tickets, first half of 2025")
        writing = make_replies(stack)
        for look, options in LOOKS.items():
            picture(browser, stack, account, (sample, writing), tuple(PAGES | WRITER_PAGES | SIGNED_OUT), look, options)
        zh = {"viewport": WIDE, "color_scheme": "light", "locale": "zh-CN"}
        picture(browser, stack, account, (sample, writing), CHINESE, "-zh", zh)
        browser.close()
    total = sum(file.stat().st_size for file in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} pictures in {FOLDER.relative_to(ROOT)}, {total / 1e6:.1f} MB")


def record_journey(browser: Browser, stack: Stack) -> dict:
    """From the first visit to an answer, as step pictures and a moving one; returns the cookies of the account."""
    context = browser.new_context(base_url=stack.url, locale="en-US", viewport=WIDE, reduced_motion="reduce")
    page = context.new_page()
    frames: list[Image.Image] = []

    def step(name: str, ready: Callable[[], None]) -> None:
        ready()
        settle(page)
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        save(shot, FOLDER / f"step-{len(frames) + 1}-{name}.png")
        frames.append(shot.resize(FRAME_SIZE, Image.Resampling.LANCZOS))

    page.goto("/")
    step("setup", lambda: expect(page.get_by_role("button", name="Create the workspace")).to_be_visible())
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_label("Workspace").fill("Acme")
    page.get_by_role("button", name="Create the workspace").click()
    step("home", lambda: expect(page.get_by_role("button", name="Try it with sample data")).to_be_visible())
    page.set_input_files("input[type=file]", TICKETS)
    tune = page.get_by_role("link", name="Fine-tune").first
    step("dataset", lambda: tune.wait_for(timeout=120_000))
    tune.click()
    begin = page.get_by_role("button", name="Start")
    step("fine-tune", lambda: expect(begin).to_be_enabled(timeout=60_000))
    begin.click()
    step("job", lambda: page.get_by_text(re.compile("· about .+ left")).first.wait_for(timeout=240_000))
    page.get_by_role("link", name="Open the model").click(timeout=300_000)
    step("model", lambda: expect(page.get_by_text("A simple word counter").first).to_be_visible(timeout=60_000))
    page.get_by_role("button", name="Deploy").first.click()
    page.get_by_label("Name", exact=True).fill("support")
    page.get_by_role("button", name="Deploy").last.click()
    expect(page.get_by_text("ready", exact=True).first).to_be_visible(timeout=120_000)
    page.get_by_role("textbox", name="body").fill("My card was charged twice")
    page.get_by_role("button", name="Ask").click()
    step("answer", lambda: expect(page.get_by_text("billing").first).to_be_visible())

    times = [FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS]
    frames[0].save(
        FOLDER / "journey.webp", save_all=True, append_images=frames[1:], duration=times, loop=0, quality=70, method=6
    )
    state = context.storage_state()
    context.close()
    return state


def make_replies(stack: Stack) -> Writing:
    """A model that writes what support would reply to the tickets."""
    pulled = stack.run("models", "pull", WRITER, timeout=900)
    assert pulled.returncode == 0, pulled.stdout + pulled.stderr
    with tempfile.TemporaryDirectory() as folder, TICKETS.open(newline="") as tickets:
        sheet = Path(folder) / "support-replies.csv"
        with sheet.open("w", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(["question", "answer"])
            rows.writerows(
                [f"{row['subject']}. {row['body']}", f"Hello, about “{row['subject']}”: {REPLIES[row['category']]}"]
                for row in csv.DictReader(tickets)
                if row["language"] == "en" and row["category"] in REPLIES
            )
        return teach(stack, sheet, "Support replies, first half of 2025", WRITER, QUICKLY)


def picture(
    browser: Browser,
    stack: Stack,
    account: dict,
    made: tuple[Sample, Writing],
    names: tuple[str, ...],
    look: str,
    options: dict,
) -> None:
    """One look of these pages."""
    sample, writing = made
    signed_in = new_context(browser, stack, options, storage_state=account)
    stranger = new_context(browser, stack, options)
    for name in names:
        page = (stranger if name in SIGNED_OUT else signed_in).new_page()
        page.goto((writing if name in WRITER_PAGES else sample).address(name))
        settle(page)
        if name == "writer-deployment":
            chat(page)
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({"width": options["viewport"]["width"], "height": max(height, 600)})
        save(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), FOLDER / f"{name}{look}.png")
        page.close()
    signed_in.close()
    stranger.close()


def chat(page: Page) -> None:
    """Asks a question, and waits for the answer."""
    page.locator("main textarea").first.fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_text("tokens/s")).to_be_visible(timeout=60_000)


def new_context(browser: Browser, stack: Stack, options: dict, **more: object) -> BrowserContext:
    return browser.new_context(
        **{"base_url": stack.url, "locale": "en-US", "reduced_motion": "reduce"} | options | more
    )


def settle(page: Page) -> None:
    page.locator("main h1").first.wait_for()
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=20_000)
    page.wait_for_timeout(SETTLE_MS)


def save(image: Image.Image, path: Path) -> None:
    """With few colours: a third of the size, and nobody sees it."""
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
