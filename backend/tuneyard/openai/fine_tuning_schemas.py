"""Fine-tunings as the OpenAI client asks for and reads them."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tuneyard.openai.files_schemas import CREATED, FILE_EXAMPLE
from tuneyard.openai.lists import After

JOB_EXAMPLE = "ftjob_01k9f3w2m8q4t6v8x0z2b4d6f8"
MODEL_EXAMPLE = "smollm2-135m-instruct"
TUNED_EXAMPLE = "ft-smollm2-135m-instruct-support-x0z2b4d6f8"
AUTO: Literal["auto"] = "auto"

Auto = Literal["auto"]
Metadata = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=64)],
        Annotated[str, StringConstraints(max_length=512)],
    ],
    Field(max_length=16),
]


def auto_or(least: float, most: float, *, whole: bool) -> BeforeValidator:
    """Lets `auto` through, and numbers within these bounds; in one sentence, where a union would give two."""

    def check(value: Any) -> Any:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value == AUTO or (number and least <= value <= most and (not whole or value == int(value))):
            return value
        kind = "whole number" if whole else "number"
        raise PydanticCustomError("auto_or_number", f"Send 'auto', or a {kind} from {least:g} to {most:g}")

    return BeforeValidator(check)


class FineTuningStatus(StrEnum):
    """Where a fine-tuning is in its life."""

    VALIDATING_FILES = "validating_files"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TuningHyperparameters(BaseModel):
    """How to teach. Those of the native API, as `time_budget_seconds` or `max_length`, are taken by their names too."""

    model_config = ConfigDict(extra="allow")

    n_epochs: Annotated[Auto | int, auto_or(1, 50, whole=True)] = Field(
        AUTO, description="Passes over the training rows: `auto`, or 1 to 50."
    )
    batch_size: Annotated[Auto | int, auto_or(1, 512, whole=True)] = Field(
        AUTO, description="Conversations per step: `auto`, or 1 to 512."
    )
    learning_rate_multiplier: Annotated[Auto | float, auto_or(0.001, 50, whole=False)] = Field(
        AUTO, description="What the usual learning rate is multiplied by: `auto`, or 0.001 to 50."
    )


class PreferenceHyperparameters(TuningHyperparameters):
    """How to teach which answers are wanted."""

    beta: Annotated[Auto | float, auto_or(0.001, 2, whole=False)] = Field(
        AUTO, description="How close the model stays to what it was before: `auto`, or 0.001 to 2."
    )


class SupervisedMethod(BaseModel):
    """Learning from answers that are right."""

    model_config = ConfigDict(extra="forbid")

    hyperparameters: TuningHyperparameters | None = Field(None, description="How to teach.")


class PreferenceMethod(BaseModel):
    """Learning from pairs of answers, one of which is wanted."""

    model_config = ConfigDict(extra="forbid")

    hyperparameters: PreferenceHyperparameters | None = Field(None, description="How to teach.")


class TuningMethod(BaseModel):
    """What is learned from. Of the methods of OpenAI there are `supervised` and `dpo`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`supervised` or `dpo`.", examples=["supervised"])
    supervised: SupervisedMethod | None = Field(None, description="Settings of `supervised`.")
    dpo: PreferenceMethod | None = Field(None, description="Settings of `dpo`.")


class FineTuningCreate(BaseModel):
    """What to learn, and starting from which model."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"examples": [{"model": MODEL_EXAMPLE, "training_file": FILE_EXAMPLE}]}
    )

    model: str = Field(
        min_length=1,
        max_length=200,
        description="Id of a base model that writes, or its name on the Hugging Face hub.",
        examples=[MODEL_EXAMPLE],
    )
    training_file: str = Field(max_length=100, description="The file to learn from.", examples=[FILE_EXAMPLE])
    validation_file: str | None = Field(
        None, max_length=100, description="A file whose rows choose the best moment, instead of some of those to learn."
    )
    suffix: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] | None = Field(
        None, description="Becomes a part of the tuned model's name.", examples=["support"]
    )
    seed: int | None = Field(
        None, ge=0, le=2**31 - 1, description="Fixes every random choice; 0 if not given.", examples=[7]
    )
    metadata: Metadata | None = Field(None, description="Up to 16 texts of yours by name, kept with it.")
    method: TuningMethod | None = Field(None, description="What is learned from, and how.")
    hyperparameters: TuningHyperparameters | None = Field(
        None, description="How to teach, as older clients say it; `method` goes before."
    )


class FineTuningError(BaseModel):
    """Why it failed."""

    code: str = Field(description="Stable, for programs.", examples=["too_few_conversations"])
    message: str = Field(description="What happened, where, and what to do about it.")
    param: str | None = Field(
        description="What of the request is at fault, if anything is.", examples=["training_file"]
    )


class FineTuningRead(BaseModel):
    """A fine-tuning and where it stands."""

    id: str = Field(description="Its id.", examples=[JOB_EXAMPLE])
    object: Literal["fine_tuning.job"] = Field("fine_tuning.job", description="What this is.")
    created_at: int = Field(description="When it was asked for, in seconds since 1970.", examples=[CREATED])
    finished_at: int | None = Field(description="When it ended.")
    estimated_finish: int | None = Field(description="About when it ends, as far as anybody knows.")
    model: str = Field(description="The base model.", examples=[MODEL_EXAMPLE])
    fine_tuned_model: str | None = Field(
        description="The `model` of requests to what came out; null until it has succeeded.", examples=[TUNED_EXAMPLE]
    )
    organization_id: str = Field(description="The workspace.", examples=["ws_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    status: FineTuningStatus = Field(description="Where it is in its life.")
    trained_tokens: int | None = Field(description="Tokens it learned from; null until it has succeeded.")
    training_file: str = Field(description="The file it learns from.", examples=[FILE_EXAMPLE])
    validation_file: str | None = Field(description="The file that chooses the best moment.")
    result_files: list[str] = Field(description="A CSV of its figures, once it has succeeded.")
    seed: int = Field(description="What fixes its random choices.")
    hyperparameters: dict[str, Any] = Field(
        description="What is used of what was asked for; `auto` until it is chosen.",
        examples=[{"n_epochs": 3, "batch_size": "auto", "learning_rate_multiplier": "auto"}],
    )
    method: dict[str, Any] = Field(
        description="The same, as newer clients read it.",
        examples=[{"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}}],
    )
    metadata: dict[str, Any] = Field(description="As it was given.", examples=[{"team": "support"}])
    error: FineTuningError | None = Field(description="Why it failed.")
    integrations: list[Any] = Field([], description="Always empty.")
    user_provided_suffix: str | None = Field(description="The `suffix`.", examples=["support"])
    tuneyard_job_id: str | None = Field(
        description="The job of the native API, once the files are read.",
        examples=["job_01k9f3w2m8q4t6v8x0z2b4d6f8"],
    )


class FineTuningsQuery(BaseModel):
    """Which part of the list; `metadata[key]=value` filters it."""

    after: After = None
    limit: Annotated[int, Field(ge=1, le=100, description="So many at most.")] = 20


class FineTuningEvent(BaseModel):
    """What has happened."""

    id: str = Field(description="Its id.", examples=["ftevent_01k9f3w2m8q4t6v8x0z2b4d6f8_12"])
    object: Literal["fine_tuning.job.event"] = Field("fine_tuning.job.event", description="What this is.")
    created_at: int = Field(description="When, in seconds since 1970.", examples=[CREATED])
    level: Literal["info", "warn", "error"] = Field(description="How serious it is.")
    message: str = Field(description="In words.", examples=["Step 5: training loss 2.31."])
    type: Literal["message", "metrics"] = Field(description="Whether `data` has figures.")
    data: dict[str, Any] = Field(description="The figures of a step.", examples=[{"step": 5, "train_loss": 2.31}])


class FineTuningCheckpoint(BaseModel):
    """A moment of the training whose weights are kept and can be asked."""

    id: str = Field(description="Its id.", examples=["ftckpt_01k9f3w2m8q4t6v8x0z2b4d6f8_12"])
    object: Literal["fine_tuning.job.checkpoint"] = Field("fine_tuning.job.checkpoint", description="What this is.")
    created_at: int = Field(description="When it was kept, in seconds since 1970.", examples=[CREATED])
    fine_tuned_model_checkpoint: str = Field(description="The `model` of requests to it.", examples=[TUNED_EXAMPLE])
    fine_tuning_job_id: str = Field(description="The fine-tuning it came from.", examples=[JOB_EXAMPLE])
    step_number: int = Field(description="After which step.", examples=[12])
    metrics: dict[str, float] = Field(
        description="What was measured there.", examples=[{"step": 12, "train_loss": 1.9, "valid_loss": 2.1}]
    )
