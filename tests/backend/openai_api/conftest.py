"""Files and what reads them, without a worker."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from dataset_factory import CHATS, Publisher
from fastapi.testclient import TestClient
from model_versions import PublishedVersion
from trainable import COLUMNS, make_dataset
from workspaces import WorkspaceUnderTest, services
from written_versions import publish_writer

from tuneyard.base_models.writers import DEFAULT_WRITER
from tuneyard.jobs import repository
from tuneyard.jobs.models import Job, JobStatus
from tuneyard.kit import clock
from tuneyard.openai import fine_tuning
from tuneyard.openai.models import FineTuning
from tuneyard.specs.events import EventType


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


@pytest.fixture
def create(client: TestClient) -> Callable[..., Any]:
    """Ask for a fine-tuning; its object."""

    def create(training_file: str, **more: Any) -> Any:
        body = {"model": DEFAULT_WRITER, "training_file": training_file} | more
        answer = client.post("/v1/fine_tuning/jobs", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return create


@pytest.fixture
def succeed(workspace: WorkspaceUnderTest) -> Callable[..., PublishedVersion]:
    """Do what the worker does once a fine-tuning, whose epochs were given, has told these figures and made a model."""

    def succeed(fine_tuning_id: str, *figures: Mapping[str, float]) -> PublishedVersion:
        version = publish_writer(workspace)
        held = services(workspace.app)
        with held.database.workspace(workspace.id) as session:
            row = session.get_one(FineTuning, fine_tuning_id)
            row.job_id, row.training_dataset_id = version.job_id, None
            session.flush()
            job = session.get_one(Job, version.job_id)
            told = [{"step": step, "epoch": 0.1, "values": dict(values)} for step, values in enumerate(figures)]
            items = [{"type": EventType.METRICS, "at": clock.now(), "data": each} for each in told]
            repository.append_events(session, job, items)
            kept = fine_tuning.published(session, held, workspace.id, job.id, version.id)
            job.result = {"model_version_id": version.id} | kept
            job.status, job.finished_at = JobStatus.SUCCEEDED, clock.now()
        return version

    return succeed
