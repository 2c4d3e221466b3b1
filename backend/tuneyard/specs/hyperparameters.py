"""What can be set about training. One schema validates the request, is stored with the model and draws the form."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tuneyard.specs.base import Spec
from tuneyard.specs.tasks import Task
from tuneyard.specs.text_generation import TextGenerationHyperparameters


class Preset(StrEnum):
    FAST = "fast"
    BALANCED = "balanced"
    BEST = "best"


class TextClassificationHyperparameters(Spec):
    """Hyperparameters of text classification: a head is trained first, then (unless `tuning` is `head`) the encoder."""

    task: Literal[Task.TEXT_CLASSIFICATION] = Field(Task.TEXT_CLASSIFICATION, description="The task they belong to.")
    tuning: Literal["head", "lora", "full", "auto"] = Field(
        "head",
        title="What is trained",
        description="Only the classification head, the encoder through LoRA adapters, the whole encoder, or whichever "
        "of these is best on the validation rows.",
    )
    trials: int = Field(
        1,
        ge=1,
        le=8,
        title="Trials",
        description="How many seeds or settings are tried; the best on validation is kept.",
    )
    time_budget_seconds: int = Field(
        600,
        ge=10,
        le=604_800,
        title="Time budget",
        description="No new trial or epoch starts once it would exceed this.",
        json_schema_extra={"unit": "seconds"},
    )
    max_length: int = Field(
        128,
        ge=8,
        le=512,
        title="Longest text",
        description="Longer texts are cut after this many tokens; how many were cut is reported.",
        json_schema_extra={"unit": "tokens"},
    )
    head_epochs: int = Field(
        30,
        ge=1,
        le=200,
        title="Head epochs",
        description="Passes over the training rows when the head is trained.",
        json_schema_extra={"unit": "epochs"},
    )
    head_learning_rate: float = Field(
        2e-3, gt=0, le=0.1, title="Head learning rate", description="Peak step size for the head, one-cycle schedule."
    )
    head_dropout: float = Field(
        0.3,
        ge=0,
        lt=0.9,
        title="Head dropout",
        description="Share of features hidden at random while the head is trained.",
    )
    epochs: int = Field(
        3,
        ge=1,
        le=50,
        title="Epochs",
        description="Passes over the training rows when the encoder is trained.",
        json_schema_extra={"unit": "epochs"},
    )
    learning_rate: float = Field(
        2e-4, gt=0, le=0.01, title="Learning rate", description="Peak step size for the encoder."
    )
    batch_size: int = Field(
        64,
        ge=1,
        le=1024,
        title="Batch size",
        description="Rows per step of the optimizer.",
        json_schema_extra={"unit": "rows"},
    )
    gradient_accumulation_steps: int = Field(
        1,
        ge=1,
        le=64,
        title="Gradient accumulation",
        description="Each step is computed in this many smaller parts, which needs less memory.",
    )
    warmup_ratio: float = Field(
        0.1,
        ge=0,
        le=0.5,
        title="Warm-up",
        description="Share of the steps in which the learning rate rises to its peak.",
    )
    weight_decay: float = Field(
        0.01,
        ge=0,
        le=1,
        title="Weight decay",
        description="Pull of the weights towards zero; more resists overfitting.",
    )
    label_smoothing: float = Field(
        0.1,
        ge=0,
        le=0.5,
        title="Label smoothing",
        description="How much the labels are softened; helps with noisy labels.",
    )
    class_weights: Literal["none", "balanced"] = Field(
        "none", title="Class weights", description="`balanced` makes rare classes count as much as common ones."
    )
    early_stopping_patience: int = Field(
        2,
        ge=1,
        le=50,
        title="Patience",
        description="Stop after this many epochs without a better validation score.",
        json_schema_extra={"unit": "epochs"},
    )
    lora_rank: int = Field(
        16, ge=1, le=256, title="LoRA rank", description="Size of the LoRA adapters; only used when they are trained."
    )
    validation_fraction: float = Field(
        0.1,
        ge=0.02,
        le=0.4,
        title="Validation share",
        description="Share of the rows not held out that choose between settings.",
    )
    test_fraction: float = Field(
        0.2,
        ge=0.05,
        le=0.5,
        title="Held-out share",
        description="Share of the rows kept for the exam; ignored where a split column names them.",
    )


Hyperparameters = Annotated[
    TextClassificationHyperparameters | TextGenerationHyperparameters, Field(discriminator="task")
]
HYPERPARAMETERS: TypeAdapter[Hyperparameters] = TypeAdapter(Hyperparameters)

PRESETS: dict[Task, dict[Preset, Hyperparameters]] = {
    Task.TEXT_CLASSIFICATION: {
        Preset.FAST: TextClassificationHyperparameters(tuning="head", time_budget_seconds=120),
        Preset.BALANCED: TextClassificationHyperparameters(tuning="auto", trials=1, epochs=3, time_budget_seconds=600),
        Preset.BEST: TextClassificationHyperparameters(tuning="auto", trials=3, epochs=6, time_budget_seconds=1500),
    },
    Task.TEXT_GENERATION: {
        Preset.FAST: TextGenerationHyperparameters(epochs=1, time_budget_seconds=300, exam_answers=24),
        Preset.BALANCED: TextGenerationHyperparameters(epochs=3, time_budget_seconds=1200, exam_answers=192),
        Preset.BEST: TextGenerationHyperparameters(
            epochs=5, time_budget_seconds=3600, lora_rank=32, lora_alpha=64, exam_answers=256
        ),
    },
}
