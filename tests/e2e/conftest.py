"""The real stack, started by the product's own command, once for all tests of this folder."""

import json
import shutil
from collections.abc import Iterator

import pytest
from browsing import account, browser, needs_browser, page
from pages import Sample, make_sample
from stack import Stack, command, fresh_folder, start

__all__ = ["account", "browser", "needs_browser", "page", "sample", "stack"]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    folder = fresh_folder()
    pulled = command(folder, "models", "pull")
    assert pulled.returncode == 0, pulled.stdout + pulled.stderr
    start(folder)
    try:
        key = command(folder, "key", "create")
        assert key.returncode == 0, key.stderr
        state = json.loads((folder / "run.json").read_text())
        yield Stack(folder, state["api_url"], key.stdout.strip())
    finally:
        command(folder, "down")
        shutil.rmtree(folder.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def sample(stack, account) -> Sample:
    """One of everything, for the tests that only look."""
    with stack.api as api:
        return make_sample(api)
