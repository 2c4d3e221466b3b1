"""What the tests of webhooks share."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from fastapi import FastAPI
from hooks import HOOKS, Hook, MakeHook, Sending
from sqlalchemy import text
from workspaces import WorkspaceUnderTest, services

from tuneyard.kit.config import Settings
from tuneyard.webhooks.sending import Sender
from webhook_receiver import Receiver, receiving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Webhooks may call this machine."""
    return settings.model_copy(update={"webhook_networks": (ip_network("127.0.0.0/8"), ip_network("::1/128"))})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def make_hook(workspace: WorkspaceUnderTest, receiver: Receiver) -> MakeHook:
    """A webhook for all events that calls the receiver, unless told otherwise."""

    def make(url: str | None = None, events: tuple[str, ...] = ("job.succeeded", "job.cancelled")) -> Hook:
        answer = workspace.client.post(HOOKS, json={"url": url or receiver.url, "events": list(events)})
        assert answer.status_code == 201, answer.text
        return Hook(workspace, answer.json()["id"], answer.json()["secret"])

    return make


@pytest.fixture
def hook(make_hook: MakeHook) -> Hook:
    return make_hook()


@pytest.fixture
def sending(app: FastAPI, settings: Settings) -> Iterator[Sending]:
    """Nothing of another test is due."""
    with services(app).database.system() as session:
        session.execute(text("UPDATE webhook_deliveries SET status = 'failed', next_attempt_at = NULL"))
    found = Sending(Sender(settings))
    yield found
    found.stop.set()
    found.sender.close()
