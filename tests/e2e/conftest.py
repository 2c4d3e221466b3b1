"""The real stack, started by the product's own command, once for all tests of this folder."""

from collections.abc import Iterator

import pytest
from browsing import account, browser, needs_browser, page
from pages import Sample, make_sample
from stack import Stack, running

__all__ = ["account", "browser", "needs_browser", "page", "sample", "stack"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes one of them runs all tests of the shared stack."""
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("stack"))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running() as platform:
        yield platform


@pytest.fixture(scope="session")
def sample(stack) -> Sample:
    """One of everything, for the tests that only look or make something of their own with it."""
    with stack.api as api:
        return make_sample(api)
