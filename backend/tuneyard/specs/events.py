"""What a running job tells: lines of `events.jsonl`, rows of `job_events`, messages of the event stream."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tuneyard.specs.base import Spec
from tuneyard.specs.job import JobPhase
from tuneyard.specs.sayings import Details, Remark


class EventType(StrEnum):
    STATUS = "status"
    PROGRESS = "progress"
    METRICS = "metrics"
    LOG = "log"
    RESOURCES = "resources"
    SAMPLES = "samples"


class StatusData(Spec):
    """The runner tells phases; the engine adds changes of the job's status."""

    phase: JobPhase | None = None
    status: str | None = None
    attempt: int | None = None
    outcome: str | None = Field(None, description="How an attempt ended that is over: succeeded, lost, paused …")
    continued_from_step: int | None = Field(
        None, description="Told by an attempt that goes on where an earlier one was."
    )


class ProgressData(Spec):
    step: int = Field(ge=0, description="Steps done.")
    total_steps: int = Field(ge=0, description="Steps in all, as far as is known.")
    epoch: float = Field(ge=0, description="Passes over the training rows so far.")
    fraction: float = Field(ge=0, le=1, description="Of the whole job, all phases; never falls.")
    eta_seconds: float | None = Field(None, ge=0, description="About how long the rest takes; smoothed.")


class MetricsData(Spec):
    step: int
    epoch: float
    values: dict[str, float] = Field(
        description="By name: train_loss, validation_loss, validation_accuracy, learning_rate …"
    )


class LogData(Remark):
    level: Literal["info", "warning", "error"]


class ResourcesData(Spec):
    """What the trainer and its children used of the machine, measured from outside."""

    memory_bytes: int = Field(ge=0, description="Memory in use.")
    memory_total_bytes: int = Field(ge=0, description="Memory there is, of the machine or its container.")
    processors: float = Field(
        ge=0, description="Processors kept busy since the last measurement: 1.5 is one and a half."
    )
    processors_total: int = Field(ge=1, description="Processors there are.")


class SampleAnswer(Spec):
    """What the model writes at one moment of its training to a question that it does not learn from."""

    row: int = Field(ge=1, description="Row number in the dataset version; the first is 1.")
    prompt: str = Field(description="What people say in the conversation up to the answer.")
    expected: str = Field(description="The answer in the sheet.")
    answer: str = Field(description="The model's, always the likeliest token.")


class SamplesData(Spec):
    step: int = Field(ge=0, description="Steps done before; 0 is the untuned model.")
    answers: list[SampleAnswer] = Field(description="To the same questions each time.")


class StatusEvent(Spec):
    type: Literal[EventType.STATUS] = EventType.STATUS
    at: datetime
    data: StatusData


class ProgressEvent(Spec):
    type: Literal[EventType.PROGRESS] = EventType.PROGRESS
    at: datetime
    data: ProgressData


class MetricsEvent(Spec):
    type: Literal[EventType.METRICS] = EventType.METRICS
    at: datetime
    data: MetricsData


class LogEvent(Spec):
    type: Literal[EventType.LOG] = EventType.LOG
    at: datetime
    data: LogData


class SamplesEvent(Spec):
    type: Literal[EventType.SAMPLES] = EventType.SAMPLES
    at: datetime
    data: SamplesData


Event = StatusEvent | ProgressEvent | MetricsEvent | LogEvent | SamplesEvent
EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="type")])


class JobError(Spec):
    """Why a job failed, in words for the person who started it; `error.json` of a job directory."""

    code: str = Field(description="Stable, for programs.")
    message: str = Field(description="What happened and where, as `Column 'label' has only one value`.")
    hint: str | None = Field(None, description="What to do about it.")
    details: Details = Field({}, description="The numbers and names in the message.")
    users: bool = Field(True, description="True when the input is at fault, so that trying again cannot help.")
