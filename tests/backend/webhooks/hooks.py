"""Webhooks under test, and a sender that sends when it is told to."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from workspaces import WorkspaceUnderTest, services

from tuneyard.webhooks import outbox
from tuneyard.webhooks.models import WebhookEvent
from tuneyard.webhooks.sending import Sender

HOOKS = "/api/v1/webhooks"


@dataclass
class Hook:
    """A webhook of the workspace under test."""

    workspace: WorkspaceUnderTest
    id: str
    secret: str

    def read(self) -> dict[str, Any]:
        return self.workspace.client.get(f"{HOOKS}/{self.id}").json()

    def change(self, **values: Any) -> dict[str, Any]:
        return self.post_or_patch("PATCH", "", values)

    def act(self, path: str, **headers: str) -> dict[str, Any]:
        return self.post_or_patch("POST", path, None, **headers)

    def post_or_patch(self, method: str, path: str, body: Any, **headers: str) -> dict[str, Any]:
        answer = self.workspace.client.request(method, f"{HOOKS}/{self.id}{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def deliveries(self, **query: Any) -> list[dict[str, Any]]:
        return self.workspace.client.get(f"{HOOKS}/{self.id}/deliveries", params=query).json()["data"]

    def set_back(self, table: str, column: str, interval: str) -> None:
        """Let time pass: move a time of all its rows back."""
        with services(self.workspace.app).database.workspace(self.workspace.id) as session:
            session.execute(text(f"UPDATE {table} SET {column} = {column} - interval '{interval}'"))


MakeHook = Callable[..., Hook]


@dataclass
class Sending:
    """The sender of the dispatcher, which sends when it is told to."""

    sender: Sender
    stop: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        self.sender.start_turns(self.stop)

    def all(self) -> None:
        """Send what is due, and wait until that is done."""
        self.begin()
        until(lambda: not self.sender._lanes)


def until(found: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


def publish(hook: Hook) -> str:
    """Let something happen that the webhook is told of, if it is on; the id of its newest delivery."""
    with services(hook.workspace.app).database.workspace(hook.workspace.id) as session:
        data = {"id": "job_1", "url": "/jobs/job_1"}
        outbox.announce(session, hook.workspace.id, WebhookEvent.JOB_SUCCEEDED, data)
    return hook.deliveries()[0]["id"]
