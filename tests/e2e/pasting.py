"""Code of a deployment's page, run as by somebody who pastes it."""

import os
import re
import subprocess
from pathlib import Path

from playwright.sync_api import Page, expect


def put_key_into_code(page: Page) -> None:
    expect(page.locator("pre").last).to_contain_text("$TUNEYARD_API_KEY")
    page.get_by_role("button", name="Put a key into the code").click()
    expect(page.get_by_text("Your key is in the code below")).to_be_visible()


def run_pasted(page: Page, command: list[str], script: Path) -> str:
    """What the code that is shown prints."""
    script.write_text(page.locator("pre").last.inner_text())
    assert re.search("ty_[a-z0-9_]+", script.read_text()), script.read_text()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUNEYARD")}
    environment |= {"NO_PROXY": "*", "no_proxy": "*"}
    done = subprocess.run([*command, script], capture_output=True, text=True, timeout=60, env=environment, check=False)
    assert done.returncode == 0, (script.name, done.stderr)
    return done.stdout
