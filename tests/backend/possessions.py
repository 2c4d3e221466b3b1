"""One row of every table that belongs to a workspace."""

from dataclasses import dataclass
from datetime import timedelta

import model_versions
from workspaces import WorkspaceUnderTest, services

from tuneyard.auth.models import BrowserSession, IdempotentRequest
from tuneyard.datasets.models import Dataset, DatasetStatus, DatasetVersion, Upload
from tuneyard.deployments.models import (
    LATENCY_BUCKETS,
    Deployment,
    DeploymentRevision,
    DeploymentRoute,
    DeploymentStatus,
    DeploymentTraffic,
    ParityCheck,
)
from tuneyard.evaluations.models import ComparisonVote, JudgedRow, Judgement, Preference
from tuneyard.jobs.models import Checkpoint, JobAttempt, QueueShare
from tuneyard.kit import clock
from tuneyard.kit.db import Base
from tuneyard.kit.ids import new_id
from tuneyard.kit.queue import Queue
from tuneyard.openai.models import FineTuning
from tuneyard.predictions.models import Batch
from tuneyard.specs.dataset import Profile
from tuneyard.specs.repairs import Repair, RepairCount
from tuneyard.webhooks.models import DeliveryStatus, Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent


@dataclass(frozen=True)
class Possessions:
    """What is to be filled in for the parameters of a path, or for fields of a body that end in `_id`."""

    ids: dict[str, str]

    def __getitem__(self, parameter: str) -> str:
        return self.ids[parameter]


def fill(workspace: WorkspaceUnderTest) -> Possessions:
    """Give a workspace one of everything."""
    browser = workspace.browser()
    version = model_versions.publish(workspace)
    ids = {
        "dataset_id": new_id("ds"),
        "upload_id": new_id("up"),
        "dataset_version_id": new_id("dsv"),
        "job_id": version.job_id,
        "fine_tuning_job_id": new_id("ftjob"),
        "model_id": version.model_id,
        "model_version_id": version.id,
        "deployment_id": new_id("dep"),
        "name": f"deployment-{workspace.id.replace('_', '-')}",
        "revision_id": new_id("rev"),
        "batch_id": new_id("bat"),
        "api_key_id": workspace.client.get("/api/v1/api-keys").json()["data"][0]["id"],
        "webhook_id": new_id("wh"),
        "delivery_id": new_id("dlv"),
        "user_id": browser.get("/api/v1/session").json()["user"]["id"],
        "number": "1",
        "row": "1",
    }
    ids |= {
        "validation_version_id": ids["dataset_version_id"],
        "training_dataset_id": ids["dataset_id"],
        "validation_dataset_id": ids["dataset_id"],
        "file_id": ids["dataset_id"],
    }
    with services(workspace.app).database.workspace(workspace.id) as session:
        makers = (data_rows, deployment_rows, job_rows, webhook_rows, preference_rows)
        for row in (row for make in makers for row in make(workspace.id, ids)):
            session.add(row)
            session.flush()
    return Possessions(ids)


def data_rows(workspace_id: str, ids: dict[str, str]) -> list[Base]:
    dataset_id, upload_id, version_id = ids["dataset_id"], ids["upload_id"], ids["dataset_version_id"]
    profile = Profile(
        rows=1,
        columns=[],
        rejected_rows=0,
        format="csv",
        encoding="utf-8",
        delimiter=",",
        header=True,
        suggested_task=None,
        suggested_columns={},
        suggestion_reason="There is no column of text.",
        findings=[],
        questions=[],
        repairs=[RepairCount(repair=Repair.REMOVE_DUPLICATES, rows=1)],
    )
    return [
        Dataset(id=dataset_id, workspace_id=workspace_id, name="tickets", status=DatasetStatus.READY, latest_version=1),
        Upload(
            id=upload_id,
            workspace_id=workspace_id,
            dataset_id=dataset_id,
            filename="tickets.csv",
            storage_key=f"uploads/{workspace_id}/{upload_id}",
            bytes=1,
            sha256="0" * 64,
        ),
        DatasetVersion(
            id=version_id,
            workspace_id=workspace_id,
            dataset_id=dataset_id,
            upload_id=upload_id,
            number=1,
            storage_key=f"datasets/{workspace_id}/{version_id}",
            sha256="0" * 64,
            rows=1,
            profile=profile.model_dump(mode="json"),
        ),
    ]


def deployment_rows(workspace_id: str, ids: dict[str, str]) -> list[Base]:
    deployment_id, revision_id, version_id = ids["deployment_id"], ids["revision_id"], ids["model_version_id"]
    return [
        Deployment(
            id=deployment_id,
            workspace_id=workspace_id,
            name=ids["name"],
            status=DeploymentStatus.READY,
            revision=1,
            newest_revision=1,
        ),
        DeploymentRevision(id=revision_id, workspace_id=workspace_id, deployment_id=deployment_id, number=1),
        DeploymentRoute(
            id=new_id("rt"),
            workspace_id=workspace_id,
            revision_id=revision_id,
            model_version_id=version_id,
            weight=1,
        ),
        ParityCheck(
            id=new_id("pc"),
            workspace_id=workspace_id,
            model_version_id=version_id,
            passed=True,
            figures={"rows": 1, "agreeing": 1, "largest_difference": 0.0},
        ),
        DeploymentTraffic(
            workspace_id=workspace_id,
            deployment_id=deployment_id,
            minute=clock.now().replace(second=0, microsecond=0),
            status_class=2,
            latencies=[1] * LATENCY_BUCKETS,
        ),
        Batch(
            id=ids["batch_id"],
            workspace_id=workspace_id,
            deployment_id=deployment_id,
            model_version_id=version_id,
            job_id=ids["job_id"],
            filename="tickets.csv",
            input_key=f"uploads/{workspace_id}/{ids['batch_id']}",
        ),
    ]


def job_rows(workspace_id: str, ids: dict[str, str]) -> list[Base]:
    return [
        JobAttempt(id=new_id("att"), workspace_id=workspace_id, job_id=ids["job_id"], attempt=1, worker="w", host="h"),
        Checkpoint(
            id=new_id("ck"),
            workspace_id=workspace_id,
            job_id=ids["job_id"],
            attempt=1,
            step=1,
            location="checkpoints/1",
            manifest_sha256="0" * 64,
        ),
        FineTuning(
            id=ids["fine_tuning_job_id"],
            workspace_id=workspace_id,
            model="smollm2-135m-instruct",
            training_file=ids["dataset_id"],
            seed=0,
            hyperparameters={"n_epochs": 3},
            tags={},
            job_id=ids["job_id"],
        ),
        QueueShare(workspace_id=workspace_id, queue=Queue.TRAIN),
        IdempotentRequest(
            workspace_id=workspace_id,
            route="POST /api/v1/jobs",
            key_sha256="0" * 64,
            token="t",
            fingerprint="0" * 64,
            status_code=201,
            answer="{}",
        ),
        BrowserSession(
            id=new_id("session"),
            workspace_id=workspace_id,
            user_id=ids["user_id"],
            expires_at=clock.now() + timedelta(days=1),
        ),
    ]


def preference_rows(workspace_id: str, ids: dict[str, str]) -> list[Base]:
    of_row = {"workspace_id": workspace_id, "model_version_id": ids["model_version_id"], "row": 1}
    return [
        ComparisonVote(id=new_id("vote"), voter=ids["user_id"], preferred=Preference.TUNED, **of_row),
        JudgedRow(id=new_id("jr"), judge="judge at llm.invalid", preferred=Judgement.BASE, **of_row),
    ]


def webhook_rows(workspace_id: str, ids: dict[str, str]) -> list[Base]:
    return [
        Webhook(
            id=ids["webhook_id"],
            workspace_id=workspace_id,
            url="https://receiver.invalid/hook",
            events=[WebhookEvent.JOB_FAILED.value],
            secret=b"sealed",
        ),
        WebhookDelivery(
            id=ids["delivery_id"],
            workspace_id=workspace_id,
            webhook_id=ids["webhook_id"],
            message_id=new_id("msg"),
            type=WebhookEvent.JOB_FAILED,
            data={"id": ids["job_id"], "url": f"/jobs/{ids['job_id']}"},
            status=DeliveryStatus.FAILED,
        ),
        WebhookAttempt(
            id=new_id("whatt"),
            workspace_id=workspace_id,
            delivery_id=ids["delivery_id"],
            seconds=0.2,
            status_code=500,
            answer="out of order",
        ),
    ]
