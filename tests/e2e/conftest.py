"""The real stack, started by the product's own command, once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import account, browser, needs_browser, page
from faults import FaultyPlatform, faulty_platform
from journey import upload
from pages import TICKETS, Sample, make_sample
from stack import Stack, running
from writing import Writing, make_writing

from hub_double import hub

__all__ = ["account", "browser", "needs_browser", "page", "sample", "stack"]

FEW_LINES = 81
SHARED = ("stack", "platform")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes all tests of a shared platform run in one of them; xdist reads the marks next."""
    for item in items:
        for shared in SHARED:
            if shared in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture(scope="session")
def hub_folder(tmp_path_factory) -> Path:
    """What the hub has that the shared platform fetches base models from."""
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="session")
def stack(hub_folder) -> Iterator[Stack]:
    with hub(hub_folder) as (url, _), running(HF_ENDPOINT=url) as platform:
        yield platform


@pytest.fixture(scope="session")
def sample(stack) -> Sample:
    """One of everything, for the tests that only look or make something of their own with it."""
    with stack.api as api:
        return make_sample(api)


@pytest.fixture(scope="session")
def writing(stack, hub_folder, tmp_path_factory) -> Writing:
    """A model that writes."""
    return make_writing(stack, hub_folder, tmp_path_factory.mktemp("writing"))


@pytest.fixture(scope="session")
def platform() -> Iterator[FaultyPlatform]:
    """A platform for faults, with servers that can be taken away; nobody has ever signed in there."""
    with faulty_platform() as found:
        yield found


@pytest.fixture(scope="session")
def few_tickets(platform, tmp_path_factory) -> dict[str, Any]:
    """Some of the sample's rows, so that a training is short."""
    sheet = tmp_path_factory.mktemp("faults") / "few-tickets.csv"
    sheet.write_text("".join(TICKETS.read_text().splitlines(keepends=True)[:FEW_LINES]))
    return upload(platform.stack.api, sheet, "tickets for faults")
