"""Predictions and batches as the REST API shows them."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from tuneyard.deployments.schemas import NAME_EXAMPLE, VERSION_EXAMPLE
from tuneyard.jobs.models import JobStatus
from tuneyard.specs.events import JobError, ProgressData

MOST_INPUTS = 1000
# Far beyond what any model reads; it keeps one request from occupying the tokenizer for seconds.
LONGEST_TEXT = 100_000
# Longer than any text that is written on the processor.
LONGEST_ANSWER = 4096
SCORES_EXAMPLE = {"billing": 0.971, "refund": 0.021, "shipping": 0.008}


def _text_or_row(value: Any) -> Any:
    for cell in value.values() if isinstance(value, dict) else [value]:
        if not isinstance(cell, str):
            raise PydanticCustomError("text_or_row", "Send a text, or an object of column names and their texts")
        if len(cell) > LONGEST_TEXT:
            raise PydanticCustomError("text_too_long", "Send at most 100,000 characters; models read only the start")
    return value


Input = Annotated[str | dict[str, str], BeforeValidator(_text_or_row)]


class PredictRequest(BaseModel):
    """Texts, or rows as in the sheet that the model was trained on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"inputs": ["My card was charged twice"]}]},
    )

    inputs: list[Input] = Field(
        min_length=1,
        max_length=MOST_INPUTS,
        description="Each a text, or an object of column names and texts; a model of several text columns joins them "
        "as in training. For more than 1,000, make a batch.",
        examples=[["My card was charged twice"], [{"subject": "Invoice", "body": "My card was charged twice"}]],
    )
    top_k: int | None = Field(None, ge=1, description="Keep only so many of the best `scores`; all if not given.")


class Prediction(BaseModel):
    """What the model says about one input."""

    label: str = Field(description="The answer.", examples=["billing"])
    score: float = Field(description="How sure the model is of it, 0 to 1.", examples=[0.971])
    scores: dict[str, float] = Field(description="Of every label, the best first.", examples=[SCORES_EXAMPLE])


class PredictResponse(BaseModel):
    """One answer per input."""

    model_version_id: str = Field(description="The version that answered.", examples=[VERSION_EXAMPLE])
    predictions: list[Prediction] = Field(description="In the order of the inputs.")


def _one_name_or_several(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        return None
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return [value] if isinstance(value, str) else value
    try:
        return json.loads(value)
    except ValueError as error:
        raise PydanticCustomError(
            "column_names", 'Send one column name, or several as a JSON list, as ["subject", "body"]'
        ) from error


def _nothing_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


ColumnName = Annotated[str, Field(min_length=1, max_length=1000)]
ColumnNames = Annotated[list[ColumnName], Field(min_length=1, max_length=100)]


class BatchFields(BaseModel):
    """Fields that may come with the file of a batch."""

    model_config = ConfigDict(extra="forbid")

    text_columns: Annotated[ColumnNames | None, BeforeValidator(_one_name_or_several)] = Field(
        None,
        description="The file's columns that hold the text: one name, or several as a JSON list. The columns that the "
        "model was trained on if not given; of one that was taught with a prompt template, those for its blanks.",
        examples=['["subject", "body"]'],
    )
    answer_length: Annotated[int | None, Field(ge=1, le=LONGEST_ANSWER), BeforeValidator(_nothing_is_none)] = Field(
        None,
        description="Of a model that writes: tokens of an answer at most. As many as in its exam if not given.",
        examples=[256],
    )


class BatchRead(BaseModel):
    """A file whose every row is given a prediction."""

    id: str = Field(description="Id of the batch.", examples=["batch_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    deployment: str = Field(description="Name of the deployment it was sent to.", examples=[NAME_EXAMPLE])
    model_version_id: str = Field(
        description="The version that answers: the one with the largest share of the traffic.",
        examples=[VERSION_EXAMPLE],
    )
    job_id: str = Field(description="The job that does the work; its events tell more.")
    filename: str = Field(description="The file as it was named.", examples=["tickets.csv"])
    status: JobStatus = Field(description="Where the job is in its life; the result is there once it succeeded.")
    progress: ProgressData | None = Field(description="How far it is.")
    error: JobError | None = Field(description="Why it failed, with what to do about it.")
    created_at: datetime = Field(description="When it was sent.")


def _text_or_texts(value: Any) -> Any:
    texts = value if isinstance(value, list) else [value]
    if not texts or len(texts) > MOST_INPUTS or not all(isinstance(text, str) for text in texts):
        raise PydanticCustomError("text_or_texts", "Send a text, or a list of 1 to 1,000 texts")
    for text in texts:
        _text_or_row(text)
    return value


Texts = Annotated[str | list[str], BeforeValidator(_text_or_texts)]


class HuggingFaceParameters(BaseModel):
    """Parameters of text classification and of text generation, as huggingface_hub sends them."""

    model_config = ConfigDict(extra="forbid")

    max_new_tokens: int | None = Field(None, ge=1, description="Of a model that writes: so many tokens at most.")
    do_sample: bool | None = Field(None, description="Draw tokens; false, the default, takes the likeliest.")
    temperature: float | None = Field(None, gt=0, le=2, description="How boldly it draws; given, it draws.")
    top_p: float | None = Field(None, gt=0, le=1, description="Draw from this share of the likeliest tokens.")
    seed: int | None = Field(None, ge=0, lt=2**63, description="The same seed gives the same text.")
    stop: list[str] | None = Field(None, max_length=4, description="End before one of these texts.")
    frequency_penalty: float | None = Field(
        None, ge=-2, le=2, description="Against tokens, by how often they were said."
    )
    return_full_text: bool | None = Field(None, description="Repeat the prompt before what is written.")
    details: Literal[False] | None = Field(None, description="Not supported.")
    decoder_input_details: Literal[False] | None = Field(None, description="Not supported.")
    watermark: Literal[False] | None = Field(None, description="Not supported.")
    top_k: int | None = Field(None, ge=1, description="Keep only so many of the best labels; all if not given.")
    function_to_apply: str | None = Field(
        None, description="How scores are made; `softmax`, the default, is what a deployment can do."
    )


class HuggingFaceRequest(BaseModel):
    """What huggingface_hub.InferenceClient posts; other fields, as `options`, have no meaning here."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"inputs": "My card was charged twice"}]})

    inputs: Texts = Field(description="A text, or up to 1,000 of them.", examples=["My card was charged twice"])
    parameters: HuggingFaceParameters | None = Field(None, description="How to answer.")
    stream: bool | None = Field(None, description="Of a model that writes: answer as server-sent events.")


class HuggingFaceText(BaseModel):
    """What a model that writes has written."""

    generated_text: str = Field(description="The text.", examples=["Your parcel is on its way."])


class HuggingFaceLabel(BaseModel):
    """One label and its score."""

    label: str = Field(description="The label.", examples=["billing"])
    score: float = Field(description="Its score, 0 to 1.", examples=[0.971])


class HuggingFaceError(BaseModel):
    """Errors as the Hugging Face API words them."""

    error: str = Field(description="What happened and what to do next.")
