"""Which changes of jobs webhooks are told of, and what they are told."""

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tuneyard.jobs.models import Job, JobStatus
from tuneyard.specs.job import JobKind
from tuneyard.webhooks import outbox
from tuneyard.webhooks.models import WebhookEvent

EVENTS: dict[JobStatus, WebhookEvent] = {
    JobStatus.SUCCEEDED: WebhookEvent.JOB_SUCCEEDED,
    JobStatus.FAILED: WebhookEvent.JOB_FAILED,
    JobStatus.CANCELLED: WebhookEvent.JOB_CANCELLED,
    JobStatus.PAUSED: WebhookEvent.JOB_PAUSED,
}


class JobFacts(BaseModel):
    """What a webhook is told of a job."""

    id: str = Field(description="Id of the job.", examples=["job_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    kind: JobKind = Field(description="What it does.")
    name: str = Field(description="Its name.", examples=["Support tickets"])
    status: JobStatus = Field(description="The state it has come to.")
    dataset_id: str | None = Field(description="The dataset it is about, if there is one.")
    model_version_id: str | None = Field(description="The version that a fine-tune has made.")
    url: str = Field(
        description="Its page.", examples=["https://tuneyard.example.com/jobs/job_01k9f3w2m8q4t6v8x0z2b4d6f8"]
    )


def announce(session: Session, job: Job) -> None:
    """Tell of the state that a job has come to, where somebody may wait for it."""
    event = EVENTS.get(job.status)
    if event is None:
        return
    facts = JobFacts(
        id=job.id,
        kind=job.kind,
        name=job.name,
        status=job.status,
        dataset_id=job.dataset_id,
        model_version_id=(job.result or {}).get("model_version_id"),
        url=f"/jobs/{job.id}",
    )
    outbox.announce(session, job.workspace_id, event, facts.model_dump(mode="json"))
