"""Which browser the tests drive: the Chromium of this machine, else Playwright's own.

As a program (`make test` runs it first) it installs one if there is none: Debian's package as root, elsewhere
Playwright's.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL_MINUTES = 10
APT_INSTALL = "apt-get install --yes --quiet --no-install-recommends"
FONT = "fonts-wqy-microhei"
"""With Chinese letters, which are boxes where no font has them."""
MISSING = "The browser tests did not run: there is no Chromium, and none could be installed (tests/e2e/chromium.py)."


def find() -> str | None:
    """The path of a Chromium, None if there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = playwrights_own()
    return str(own) if own.exists() else None


def writes_chinese() -> bool:
    """Whether a font has Chinese letters; where fonts can't be listed it is taken for granted."""
    if shutil.which("fc-list") is None:
        return True
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=True).stdout)


def playwrights_own() -> Path:
    """Where Playwright keeps its Chromium, whether it is there or not."""

    def look() -> Path:
        with sync_playwright() as playwright:
            return Path(playwright.chromium.executable_path)

    # A thread has no Playwright running yet, unlike the tests.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(look).result()


def install() -> bool:
    """Try to install one; says whether there is one now."""
    for command in _ways():
        print("Installing Chromium for the browser tests:", " ".join(command), flush=True)
        try:
            subprocess.run(command, check=True, timeout=INSTALL_MINUTES * 60)
        except (OSError, subprocess.SubprocessError) as error:
            print(error, file=sys.stderr)
        if find():
            return True
    return False


def _ways() -> list[list[str]]:
    debian = ["/bin/sh", "-c", f"apt-get update --quiet; {APT_INSTALL} {FONT}; {APT_INSTALL} chromium"]
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    is_debian = os.geteuid() == 0 and shutil.which("apt-get") is not None
    return [debian, playwright] if is_debian else [playwright]


if __name__ == "__main__":
    # Without a browser the other tests are still worth running.
    if not find() and not install():
        print(MISSING, file=sys.stderr)
