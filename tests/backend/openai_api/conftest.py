"""Files and what reads them, without a worker."""

from collections.abc import Callable
from typing import Any

import pytest
from dataset_factory import CHATS, Publisher
from fastapi.testclient import TestClient
from trainable import COLUMNS, make_dataset
from workspaces import WorkspaceUnderTest, services

from tuneyard.openai import fine_tuning


@pytest.fixture
def client(workspace: WorkspaceUnderTest) -> TestClient:
    """With the default base models in the store."""
    make_dataset(workspace, COLUMNS)
    return workspace.client


@pytest.fixture
def upload(client: TestClient) -> Callable[..., Any]:
    """Send a file; its object."""

    def upload(name: str = "chats.jsonl", content: bytes = CHATS, **fields: str) -> Any:
        answer = client.post("/v1/files", files={"file": (name, content)}, data={"purpose": "fine-tune"} | fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return upload


@pytest.fixture
def read(workspace: WorkspaceUnderTest) -> Callable[..., None]:
    """Do what the worker does once it has read a file: with these columns and so many rows."""

    def read(file_id: str, names: tuple[str, ...] = ("messages",), rows: int = 20) -> None:
        Publisher(workspace).publish(file_id, [["x"] * len(names)] * rows, list(names))
        held = services(workspace.app)
        with held.database.workspace(workspace.id) as session:
            fine_tuning.file_read(session, held, workspace.id, file_id)

    return read
