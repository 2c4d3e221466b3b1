"""What can be set about teaching a model to write."""

import math
from typing import Annotated, Literal

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.tasks import Task

LONGEST_PROMPT = 8_000
# By when of the time budget teaching is over; the rest is for the exam and the files.
TEACHING = 0.75
# Exam and files have at least so many seconds, unless the time is so short that this share of it is for teaching.
REST_SECONDS, LEAST_TEACHING = 30.0, 0.6


def minutes_to_teach(seconds: float) -> int:
    """Of a time budget that has so many seconds for teaching; rounded up, to fives if there are more than ten."""
    minutes = seconds / TEACHING / 60
    return math.ceil(minutes) if minutes <= 10 else 5 * math.ceil(minutes / 5)


class TextGenerationHyperparameters(Spec):
    """Hyperparameters of text generation: a causal language model learns the answers of conversations."""

    task: Literal[Task.TEXT_GENERATION] = Field(Task.TEXT_GENERATION, description="The task they belong to.")
    tuning: Literal["lora", "dora", "rslora", "qlora", "full"] = Field(
        "lora",
        title="What is trained",
        description="LoRA adapters on every linear layer; DoRA, which learns a little more and takes longer; rsLoRA, "
        "which is LoRA scaled for high ranks; QLoRA, which keeps the base model in 4 bits on a CUDA card; or the whole "
        "model, which needs far more memory.",
    )
    time_budget_seconds: int = Field(
        1200,
        ge=10,
        le=604_800,
        title="Time budget",
        description="The job takes about so long at most, from reading the rows to the last file; at least a quarter "
        "of it is kept for the exam and the files.",
        json_schema_extra={"unit": "seconds"},
    )
    epochs: int = Field(
        3,
        ge=1,
        le=50,
        title="Epochs",
        description="Passes over the training rows, as far as the time budget allows.",
        json_schema_extra={"unit": "epochs"},
    )
    system_prompt: str = Field(
        "",
        max_length=LONGEST_PROMPT,
        title="System prompt",
        description="What the model is told before every conversation that brings no system message of its own. "
        "`{{column}}` stands for the cell of that column.",
    )
    prompt_template: str = Field(
        "",
        max_length=LONGEST_PROMPT,
        title="Prompt template",
        description="What the model is asked, with `{{column}}` for the cell of that column; instead of the prompt "
        "columns as they are.",
    )
    answering_authors: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        [],
        max_length=100,
        title="Who answers",
        description="Only used where every row is a message: the authors whose messages the model learns to write; all "
        "others ask. Without any, who answers is told by names such as agent and customer.",
    )
    max_length: int = Field(
        512,
        ge=32,
        le=8192,
        title="Longest conversation",
        description="Longer conversations are cut after this many tokens; how many were cut is reported.",
        json_schema_extra={"unit": "tokens"},
    )
    packing: bool = Field(
        True,
        title="Packing",
        description="Puts short conversations side by side into one sequence, without one seeing the other. Else rows "
        "of about equal length are padded to the longest.",
    )
    batch_size: int = Field(
        1,
        ge=1,
        le=512,
        title="Batch size",
        description="Sequences of the longest length per step of the optimizer; without packing, rows.",
        json_schema_extra={"unit": "sequences"},
    )
    gradient_accumulation_steps: int = Field(
        1,
        ge=1,
        le=512,
        title="Gradient accumulation",
        description="Each step is computed in this many smaller parts, which needs less memory.",
    )
    gradient_checkpointing: bool = Field(
        False,
        title="Gradient checkpointing",
        description="Computes parts of the network twice to need less memory; about a third slower.",
    )
    learning_rate: float = Field(
        1e-3,
        gt=0,
        le=0.05,
        title="Learning rate",
        description="Peak step size of the adapters: half of it for their first matrices and four times it for their "
        "second ones; the whole model takes a tenth of it. To learn which of two answers is wanted, all matrices of "
        "adapters take a tenth of it, and the whole model a hundredth.",
    )
    preference_beta: float = Field(
        0.1,
        ge=0.001,
        le=2,
        title="Preference beta",
        description="Only used where a column has answers that are not wanted: the larger, the closer the model stays "
        "to what it was before.",
    )
    warmup_ratio: float = Field(
        0.05,
        ge=0,
        le=0.5,
        title="Warm-up",
        description="Share of the steps in which the learning rate rises to its peak.",
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=1,
        title="Weight decay",
        description="Pull of the weights towards zero; more resists overfitting.",
    )
    lora_rank: int = Field(
        16, ge=1, le=256, title="LoRA rank", description="Size of the adapters; only used when they are trained."
    )
    lora_alpha: int = Field(
        32, ge=1, le=1024, title="LoRA alpha", description="How strongly the adapters count; usually twice the rank."
    )
    lora_dropout: float = Field(
        0.0,
        ge=0,
        lt=0.9,
        title="LoRA dropout",
        description="Share of the adapters' inputs hidden at random while they are trained.",
    )
    early_stopping_patience: int = Field(
        3,
        ge=1,
        le=50,
        title="Patience",
        description="Stop after so many looks at the validation rows, about six an epoch, without a lower loss.",
    )
    validation_fraction: float = Field(
        0.05,
        ge=0.01,
        le=0.4,
        title="Validation share",
        description="Share of the rows not held out that choose the best moment of the training; ignored where a split "
        "column names them, or another dataset has them.",
    )
    test_fraction: float = Field(
        0.1,
        ge=0.01,
        le=0.5,
        title="Held-out share",
        description="Share of the rows kept for the exam; ignored where a split column names them.",
    )
    exam_answers: int = Field(
        64,
        ge=1,
        le=5000,
        title="Answers in the exam",
        description="How many held-out rows are answered in full, drawn by the seed; fewer where the time is short.",
        json_schema_extra={"unit": "rows"},
    )
    gguf: Literal["q8_0", "f16", "none"] = Field(
        "q8_0",
        title="GGUF file",
        description="Writes the model for llama.cpp and ollama too: in 8 bits a number, in 16, which takes twice the "
        "room, or not at all.",
    )
    answer_length: int = Field(
        256,
        ge=1,
        le=4096,
        title="Longest answer",
        description="Answers in the exam end after so many tokens.",
        json_schema_extra={"unit": "tokens"},
    )

    @property
    def teaching_seconds(self) -> float:
        """When of the time budget teaching is over."""
        budget = self.time_budget_seconds
        return min(TEACHING * budget, max(budget - REST_SECONDS, LEAST_TEACHING * budget))
