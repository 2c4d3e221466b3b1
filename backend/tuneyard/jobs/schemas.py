"""Jobs as the REST API shows them."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from tuneyard.jobs.attempts import explained
from tuneyard.jobs.forecast import LOOKS_AHEAD, WaitsFor
from tuneyard.jobs.models import Job, JobAttempt, JobStatus, Outcome
from tuneyard.jobs.states import Action
from tuneyard.jobs.workers import AtWork
from tuneyard.kit.queue import Queue
from tuneyard.specs import device
from tuneyard.specs.events import EventType, JobError, ProgressData
from tuneyard.specs.hyperparameters import Hyperparameters, Preset
from tuneyard.specs.job import JobKind, JobPhase
from tuneyard.specs.sayings import Remark, Saying
from tuneyard.specs.tasks import ColumnMapping, Task

COLUMNS_EXAMPLE: dict[str, JsonValue] = {"text": "body", "label": "category"}


class FineTuneRequest(BaseModel):
    """What to learn, from which rows, starting from which model, and how thoroughly."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "dataset_id": "ds_01k9f3w2m8q4t6v8x0z2b4d6f8",
                    "task": "text_classification",
                    "columns": COLUMNS_EXAMPLE,
                    "base_model": "auto",
                    "preset": "fast",
                }
            ]
        },
    )

    dataset_id: str = Field(description="The dataset to learn from.")
    version: int | None = Field(None, ge=1, description="Its version; the newest if not given.")
    validation_dataset_id: str | None = Field(
        None,
        description="A dataset whose rows choose the best moment of the training, instead of some of the rows to learn "
        "from; it has the same columns. For models that write.",
    )
    validation_version: int | None = Field(None, ge=1, description="Its version; the newest if not given.")
    task: Task = Field(description="What the model is taught.")
    columns: ColumnMapping = Field(description="Which column plays which role.", examples=[COLUMNS_EXAMPLE])
    base_model: str = Field("auto", description="Id of a base model, or `auto`.")
    preset: Preset = Field(Preset.FAST, description="How thoroughly: named hyperparameters.")
    hyperparameters: dict[str, Any] | None = Field(
        None, description="Changes to the preset's hyperparameters, by name."
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        None,
        min_length=1,
        max_length=120,
        description="Name of the model; the dataset's name if not given. A known name makes its next version.",
    )
    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="Fixes every random choice; the same seed gives the same model."
    )


class ChatPreviewRequest(FineTuneRequest):
    """A fine-tune of text generation, and a row to look at."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "dataset_id": "ds_01k9f3w2m8q4t6v8x0z2b4d6f8",
                    "task": "text_generation",
                    "columns": {"prompt": "body", "completion": "category"},
                    "hyperparameters": {"system_prompt": "Sort what customers write."},
                    "row": 17,
                }
            ]
        },
    )

    row: int = Field(1, ge=1, description="The row of the dataset; the first is 1.")


class Estimate(BaseModel):
    """What the job will take on this machine. Measured on earlier jobs where there are any, else a rule of thumb."""

    seconds: float = Field(description="About how long it takes once it starts.", examples=[41.0])
    basis: Remark = Field(description="Where the number comes from.")
    memory_bytes: int = Field(description="About how much memory it needs; of the card, where it computes on one.")
    device: str = Field(description="What it runs on.", examples=["cpu, 2 threads"])
    device_saying: Saying = Field(description="What `device` says, for other languages.")
    train_rows: int = Field(description="Rows it learns from.")
    held_out_rows: int = Field(description="Rows kept for the exam.")
    base_model: str = Field(description="The base model that `auto` stands for here.")
    hyperparameters: Hyperparameters = Field(description="Every hyperparameter, as it will be used.")
    warnings: list[Remark] = Field(description="What may disappoint.")


class HyperparametersRead(BaseModel):
    """What can be set about training, and what each preset sets."""

    json_schema: dict[str, Any] = Field(
        alias="schema", description="JSON schema with title, description, unit, bounds and default of each."
    )
    presets: dict[Preset, Hyperparameters] = Field(description="Every hyperparameter, by preset.")


class JobRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the job.", examples=["job_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    kind: JobKind = Field(description="What kind of work it is.")
    name: str = Field(description="What it works on, in words.")
    status: JobStatus = Field(description="Where it is in its life.")
    phase: JobPhase | None = Field(description="What a running job is doing.")
    progress: ProgressData | None = Field(description="How far it is.")
    queue_position: int | None = Field(
        None,
        description="1 is next, in the order in which jobs are really started; only while it is queued and a worker "
        f"can run it. Counted to {LOOKS_AHEAD:,}; one more stands for every place behind.",
    )
    expected_start_at: datetime | None = Field(
        None,
        description="About when it starts, by the progress and the estimates of the jobs ahead; null if it is not "
        "queued, or nobody knows.",
    )
    waits_for: WaitsFor | None = Field(
        None,
        description="Why a queued job does not run yet: it is not its `turn`, no `worker` runs, none of those that run "
        "has the graphics `card` that it needs, or the workspace is at its `limit` of jobs at a time.",
    )
    asked: Action | None = Field(
        None, description="What was asked of a running job and its worker has not done yet: `pause` or `cancel`."
    )
    actions: list[Action] = Field(
        [], description="What can be asked of it now and makes a difference.", examples=[["pause", "cancel"]]
    )
    attempt: int = Field(description="How often it was started.")
    error: JobError | None = Field(description="Why it failed, with what to do about it.")
    metrics: dict[str, float] | None = Field(description="Headline metrics of what came out, else the newest measured.")
    dataset_id: str | None = Field(description="The dataset it reads or makes.")
    model_version_id: str | None = Field(None, description="The model version that came out.")
    created_at: datetime = Field(description="When it was asked for.")
    started_at: datetime | None = Field(description="When its latest attempt started.")
    finished_at: datetime | None = Field(description="When it ended.")
    spec: dict[str, Any] = Field(description="What was asked for.")


class DatasetUse(BaseModel):
    """A job that learned from a dataset."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the job.", examples=["job_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="The model it was to make.", examples=["support-intents"])
    status: JobStatus = Field(description="Where it is in its life.")
    created_at: datetime = Field(description="When it was asked for.")


class DatasetUses(BaseModel):
    """What keeps a dataset from being deleted."""

    data: list[DatasetUse] = Field(description="Jobs that learned from it, newest first; at most 10.")
    count: int = Field(description="How many there are.", examples=[1])


class AttemptRead(BaseModel):
    """One start of a job, and what became of it."""

    attempt: int = Field(description="1 is the first.", examples=[1])
    outcome: Outcome | None = Field(description="How it ended; null while it runs.")
    explanation: str = Field(description="The same in plain words.")
    error: JobError | None = Field(description="Why it failed, with what to do about it.")
    continued_from_step: int | None = Field(
        description="Where an earlier attempt was when this one went on; null if it began from the start.",
        examples=[120],
    )
    exit_signal: int | None = Field(description="Number of the signal that ended the process, if one did.")
    worker: str = Field(description="Id of the worker that ran it.")
    host: str = Field(description="Machine of the worker.", examples=["trainer-1"])
    started_at: datetime = Field(description="When it started.")
    finished_at: datetime | None = Field(description="When it ended; null while it runs.")

    @classmethod
    def of(cls, attempt: JobAttempt) -> Self:
        return cls(
            attempt=attempt.attempt,
            outcome=attempt.outcome,
            explanation=explained(attempt.outcome, attempt.exit_signal),
            error=JobError.model_validate(attempt.error) if attempt.error else None,
            continued_from_step=attempt.continued_from_step,
            exit_signal=attempt.exit_signal,
            worker=attempt.worker,
            host=attempt.host,
            started_at=attempt.started_at,
            finished_at=attempt.finished_at,
        )


class AttemptList(BaseModel):
    data: list[AttemptRead] = Field(description="The first first.")


class WorkerJob(BaseModel):
    """A job of this workspace in the hands of a worker."""

    id: str = Field(description="Id of the job.", examples=["job_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    kind: JobKind = Field(description="What kind of work it is.")
    name: str = Field(description="What it works on, in words.")
    started_at: datetime | None = Field(description="When its attempt started.")


class WorkerRead(BaseModel):
    """A worker of the platform. It serves every workspace."""

    id: str = Field(description="Id of the process.", examples=["worker_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    host: str = Field(description="Its machine.", examples=["trainer-1"])
    queues: list[Queue] = Field(description="What it takes: `data` for files and batches, `train` for fine-tunes.")
    device: str = Field(description="What its jobs compute on.", examples=["cpu, 2 threads"])
    device_saying: Saying | None = Field(description="What `device` says, for other languages; null for a card's name.")
    cores: int = Field(description="Processors of the machine.", examples=[2])
    memory_bytes: int = Field(description="Memory in use by the worker and its job.")
    memory_total_bytes: int = Field(description="Memory of the machine.")
    card_memory_bytes: int = Field(
        description="Memory of the smallest graphics card it may use; 0 without one, or where the driver is silent."
    )
    fast_bf16: bool = Field(description="Whether what its jobs compute on multiplies bfloat16 itself.")
    version: str = Field(description="Version of Tuneyard it runs.", examples=["0.1.0"])
    alive: bool = Field(description="Whether it was heard of lately.")
    heartbeat_age_seconds: float = Field(description="How long ago it was last heard of.", examples=[2.4])
    busy: bool = Field(description="Whether it has a job in its hands, of whatever workspace.")
    job: WorkerJob | None = Field(description="That job, if it is one of this workspace.")
    started_at: datetime = Field(description="When it was started.")
    heartbeat_at: datetime = Field(description="When it was last heard of.")

    @classmethod
    def of(cls, worker: AtWork, workspace_id: str) -> Self:
        process, job = worker.process, worker.job
        own = job is not None and job.workspace_id == workspace_id
        return cls(
            id=process.id,
            host=process.host,
            queues=[Queue(queue) for queue in process.queues],
            device=process.device,
            device_saying=device.apart(process.device),
            cores=process.cores,
            memory_bytes=process.memory_bytes,
            memory_total_bytes=process.memory_total_bytes,
            card_memory_bytes=process.card_memory_bytes,
            fast_bf16=process.fast_bf16,
            version=process.version,
            alive=worker.alive,
            heartbeat_age_seconds=round(worker.seen_seconds_ago, 1),
            busy=job is not None,
            job=WorkerJob.model_validate(job, from_attributes=True) if own else None,
            started_at=process.started_at,
            heartbeat_at=process.seen_at,
        )


class WorkerList(BaseModel):
    data: list[WorkerRead] = Field(description="The longest running first.")


class EndedJob(BaseModel):
    """A job that has finished or failed."""

    id: str = Field(description="Id of the job.", examples=["job_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    kind: JobKind = Field(description="What kind of work it was.")
    name: str = Field(description="What it worked on, in words.")
    status: JobStatus = Field(description="`succeeded` or `failed`.")
    error: JobError | None = Field(description="Why it failed, with what to do about it.")
    dataset_id: str | None = Field(description="The dataset it read or made.")
    model_version_id: str | None = Field(description="The model version that came out.")
    finished_at: datetime = Field(description="When it ended.")
    is_new: bool = Field(description="Whether it ended after you last looked.")

    @classmethod
    def of(cls, job: Job, *, is_new: bool) -> Self:
        return cls(
            id=job.id,
            kind=job.kind,
            name=job.name,
            status=job.status,
            error=JobError.model_validate(job.error) if job.error else None,
            dataset_id=job.dataset_id,
            model_version_id=(job.result or {}).get("model_version_id"),
            finished_at=job.finished_at or job.created_at,
            is_new=is_new,
        )


class ActivityRead(BaseModel):
    """What is going on in the workspace."""

    active: list[JobRead] = Field(description="Jobs that wait or run, newest first; at most 20.")
    active_count: int = Field(description="How many wait or run.", examples=[2])
    ended: list[EndedJob] = Field(description="Jobs that finished or failed, the last first; at most 30.")


class EventRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    sequence: int = Field(description="1, 2, 3 … without a gap; the `id` of the event stream.")
    type: EventType = Field(description="status, progress, metrics, log, resources or samples.")
    at: datetime = Field(description="When it happened.")
    data: dict[str, Any] = Field(description="See docs/events.md.")


class EventPage(BaseModel):
    data: list[EventRead] = Field(description="Oldest first.")
    next_cursor: str | None = Field(
        None, description="Give it as `after` for the events that follow; null if none do yet."
    )


class EventQuery(BaseModel):
    after: int = Field(0, ge=0, description="Events with a higher sequence only.")
    limit: int = Field(200, ge=1, le=1000, description="Events of a page.")
