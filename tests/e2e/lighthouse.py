"""`make lighthouse`: what Google's Lighthouse says about the pages people see most, on a real stack.

A command and no test: its performance figure swings with whatever else the machine is doing.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import chromium
from browsing import EMAIL, PASSWORD
from pages import make_sample
from playwright.sync_api import sync_playwright
from stack import running

TOOLS = Path(__file__).parent / "lighthouse"
PAGES = ("home", "dataset", "job", "model")
CATEGORIES = ("performance", "accessibility", "best-practices")
WANTED = 95


def main() -> None:
    chrome = chromium.find()
    if chrome is None:
        sys.exit(chromium.MISSING)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=TOOLS, check=True)
    with running() as stack:
        with stack.api as api:
            sample = make_sample(api)
        cookie = sign_up(chrome, stack.url)
        scores = {page: measure(chrome, stack.url + sample.address(page), cookie) for page in PAGES}
    print(f"{'page':10}" + "".join(f"{category:>16}" for category in CATEGORIES))
    for page, figures in scores.items():
        print(f"{page:10}" + "".join(f"{figures[category]:16.0f}" for category in CATEGORIES))
    if any(score < WANTED for figures in scores.values() for score in figures.values()):
        sys.exit(f"Some are below {WANTED}.")


def sign_up(chrome: str, url: str) -> str:
    """Make the first account; returns its cookie as a header."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox"])
        context = browser.new_context(base_url=url)
        account = {"email": EMAIL, "password": PASSWORD, "workspace": "Acme"}
        answer = context.request.post("/api/v1/setup", data=account, headers={"origin": url})
        assert answer.ok, answer.text()
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in context.cookies())
        browser.close()
    return cookies


def measure(chrome: str, url: str, cookie: str) -> dict[str, float]:
    """Scores of one page, 0 to 100."""
    command = ["npx", "lighthouse", url, "--quiet", "--output=json", "--output-path=stdout", "--preset=desktop"]
    command += [f"--only-categories={','.join(CATEGORIES)}", f"--extra-headers={json.dumps({'Cookie': cookie})}"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    done = subprocess.run(
        command, cwd=TOOLS, env=os.environ | {"CHROME_PATH": chrome}, capture_output=True, text=True, check=True
    )
    report = json.loads(done.stdout)
    for audit in report["audits"].values():
        if audit["score"] is not None and audit["score"] < 0.9 and "-v" in sys.argv:
            print(url, audit["id"], audit["score"], audit.get("displayValue", ""), file=sys.stderr)
    return {name: found["score"] * 100 for name, found in report["categories"].items()}


if __name__ == "__main__":
    main()
